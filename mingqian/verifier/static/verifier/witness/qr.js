/** QR codes on the page, and reading them with the camera where the browser can. */

import { encode } from '../vendor/uqr.js';
import { h } from '../page/dom.js';

const SVG = 'http://www.w3.org/2000/svg';

/** A text as a QR code, black on white with its quiet zone. */
export function qrCode(text, label) {
  const { data, size } = encode(text, { ecc: 'M', border: 4 });
  let path = '';
  data.forEach((row, y) => row.forEach((dark, x) => { if (dark) path += `M${x} ${y}h1v1h-1z`; }));
  const svg = document.createElementNS(SVG, 'svg');
  for (const [name, value] of Object.entries({ viewBox: `0 0 ${size} ${size}`, class: 'mqw-qr', role: 'img', 'aria-label': label, 'shape-rendering': 'crispEdges' })) {
    svg.setAttribute(name, value);
  }
  for (const [name, attributes] of [['rect', { width: size, height: size, fill: '#fff' }], ['path', { d: path, fill: '#000' }]]) {
    const shape = document.createElementNS(SVG, name);
    for (const [key, value] of Object.entries(attributes)) shape.setAttribute(key, String(value));
    svg.append(shape);
  }
  return svg;
}

/** Shows texts one after the other, for a reader that gathers them; one alone stands still. */
export function qrParts(texts, label, milliseconds = 900) {
  const number = h('p', { class: 'mqw-part' });
  const frame = h('div', { class: 'mqw-parts' });
  const codes = texts.map((text, i) => qrCode(text, `${label}（第 ${i + 1} 张，共 ${texts.length} 张）`));
  let at = 0;
  const show = () => {
    frame.replaceChildren(codes[at], number);
    number.textContent = codes.length > 1 ? `第 ${at + 1} 张，共 ${codes.length} 张，轮流显示` : '';
    at = (at + 1) % codes.length;
  };
  show();
  if (codes.length > 1) {
    const timer = setInterval(() => (frame.isConnected ? show() : clearInterval(timer)), milliseconds);
  }
  return frame;
}

export const canScan = () => 'BarcodeDetector' in globalThis && Boolean(navigator.mediaDevices?.getUserMedia);

/** Reads QR codes with the camera until `take(text)` says that it is enough; returns a function that stops. */
export async function scan(video, take) {
  const stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: 'environment' } });
  const detector = new BarcodeDetector({ formats: ['qr_code'] });
  let open = true;
  const stop = () => {
    open = false;
    for (const track of stream.getTracks()) track.stop();
    video.hidden = true;
  };
  video.srcObject = stream;
  video.hidden = false;
  await video.play();
  const look = async () => {
    if (!open) return;
    const found = await detector.detect(video).catch(() => []);
    if (open && found.some(({ rawValue }) => take(rawValue))) stop();
    else setTimeout(look, 150);
  };
  look();
  return stop;
}

/**
 * A field for what a QR code says: the camera where the browser can read it, a hand scanner or typing everywhere.
 * @param {string} label
 * @param {(text: string) => boolean} take says whether it is enough
 * @returns {HTMLElement}
 */
export function reader(label, take) {
  const field = h('textarea', { class: 'mqw-field', rows: '3', 'aria-label': label, spellcheck: 'false', autocomplete: 'off', autocapitalize: 'off' });
  const video = h('video', { class: 'mqw-video', muted: true, playsinline: true, hidden: true });
  const problem = h('p', { class: 'mqw-wrong', role: 'alert', hidden: true });
  const say = (text) => {
    problem.textContent = text;
    problem.hidden = !text;
  };
  const typed = () => {
    if (take(field.value)) say('');
    else if (field.value.trim()) say('不是所要的内容，请核对是否扫错、抄漏');
  };
  const parts = [h('p', null, label), video];
  if (canScan()) {
    parts.push(h('button', { type: 'button', class: 'mqw-button mqw-main', click: () => scan(video, take).catch(() => say('摄像头打不开，请改用扫码枪或手工输入')) }, '用摄像头扫码'));
  }
  parts.push(field, h('button', { type: 'button', class: 'mqw-button', click: typed }, '读取上面的内容'), problem);
  return h('div', { class: 'mqw-reader' }, ...parts);
}
