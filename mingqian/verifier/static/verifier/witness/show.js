/**
 * QR codes for devices without network, on the projector: each `<div data-mq-parts="URL">` shows what URL answers,
 * {"close", "entry", "index", "checkpoint", "inclusion"}, in parts that take turns.
 */

import { qrParts } from './qr.js';
import { closeParts } from './texts.js';

/** @param {HTMLElement} element */
export async function showClose(element) {
  const response = await fetch(element.dataset.mqParts, { credentials: 'same-origin' });
  const { close, entry, index, checkpoint, inclusion } = await response.json();
  element.replaceChildren(qrParts(closeParts({ close, entry, index, checkpoint, inclusion }), '献数截止记录'));
}

for (const element of document.querySelectorAll('[data-mq-parts]')) showClose(element);
