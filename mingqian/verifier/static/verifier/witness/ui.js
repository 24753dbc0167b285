/** What both pages of a witness's device show: texts, the commit, what was handed over. */

import { h } from '../page/dom.js';
import { qrCode } from './qr.js';

export const note = (text, kind = '') => h('p', { class: `mqw-note ${kind}`, role: kind === 'mqw-bad' ? 'alert' : 'status' }, text);

const grouped = (text) => h('code', { class: 'mqw-code' }, text.replace(/(.{8})(?=.)/g, '$1 '));

/** A value with its name, to be compared by eye. */
export const value = (label, text) => h('div', { class: 'mqw-value' }, h('span', null, label), grouped(text));

/** A text as QR code, for a console that scans, folded away unless it is the way. */
export function codeBox(text, label, open) {
  return h('details', { class: 'mqw-box', open }, h('summary', null, label), qrCode(text, label), h('p', { class: 'mqw-text' }, h('code', null, text)));
}

/** What a witness may write down or photograph, to compare with the public page afterwards. */
export function keptBox({ digits, nonce, commit }) {
  return h('details', { class: 'mqw-box' }, h('summary', null, '本机保存的内容'), value('数字', digits), value('随机码', nonce), value('承诺', commit),
    h('p', null, '开签以后，公示页上您的数字和随机码应与这里一致。在开签之前不要给任何人看。'));
}

export const NO_STORAGE = '这个浏览器不保存数据（可能是无痕模式），刷新一次承诺就作废了。请换普通模式或换一部手机打开。';
export const DEAD = '这部设备上没有您交出承诺时的随机码，打不开那份承诺。如果是用另一部手机或另一个浏览器交的，请用那一个打开本页；'
  + '找不到的（手机没电、损坏、清除了数据），马上告诉经办人：这次抽签以“设备损坏”作废，几分钟内可以重新开始。';
