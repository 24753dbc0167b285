/** On the console: beside each `<input data-mq-scan>` or textarea a button that fills it with the camera, where the browser can read codes. */

import { h } from '../page/dom.js';
import { canScan, scan } from './qr.js';

/** @param {HTMLInputElement | HTMLTextAreaElement} field gets an `input` event once it is filled */
export function offerScan(field) {
  const video = h('video', { class: 'mqw-video', muted: true, playsinline: true, hidden: true });
  const take = (text) => {
    field.value = text;
    field.dispatchEvent(new Event('input', { bubbles: true }));
    return true;
  };
  const start = async () => {
    try {
      await scan(video, take);
    } catch {
      button.textContent = '摄像头打不开，请用扫码枪或手工输入';
      button.disabled = true;
    }
  };
  const button = h('button', { type: 'button', class: 'btn', click: start }, '用摄像头扫码');
  field.after(button, video);
}

if (canScan()) for (const field of document.querySelectorAll('[data-mq-scan]')) offerScan(field);
