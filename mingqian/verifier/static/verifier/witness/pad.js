/** The digits that a witness rolls: dice faces as large buttons, or digits typed. */

import { h } from '../page/dom.js';
import { isContribution } from '../protocol/grammar.js';

const LEAST = 10;
const MOST = 100;
const DIFFERENT = 4;

/** What is still missing, '' where the digits will do. */
export function missing(digits) {
  if (!/^[0-9]*$/.test(digits)) return '只能是数字';
  if (digits.length < LEAST) return `还差 ${LEAST - digits.length} 位`;
  if (digits.length > MOST) return `最多 ${MOST} 位`;
  if (new Set(digits).size < DIFFERENT) return `至少要有 ${DIFFERENT} 个不同的数字，请再掷几次`;
  return isContribution(digits) ? '' : '不合要求';
}

/**
 * @param {(digits: string) => void} done
 * @returns {HTMLElement}
 */
export function pad(done) {
  const field = h('input', { class: 'mqw-field mqw-digits', inputmode: 'numeric', autocomplete: 'off', 'aria-label': '您的数字', maxlength: String(MOST) });
  const state = h('p', { class: 'mqw-state', role: 'status' });
  const hand = h('button', { type: 'submit', class: 'mqw-button mqw-main' }, '生成并交出承诺');
  const look = () => {
    const text = missing(field.value);
    state.textContent = text || `已有 ${field.value.length} 位，可以交出，也可以继续掷`;
    hand.disabled = Boolean(text);
  };
  const press = (sign) => () => {
    field.value = sign ? field.value + sign : field.value.slice(0, -1);
    look();
  };
  field.addEventListener('input', look);
  const keys = ['1', '2', '3', '4', '5', '6'].map((face) => h('button', { type: 'button', class: 'mqw-key', 'aria-label': `${face} 点`, click: press(face) }, face));
  look();
  return h('form', { class: 'mqw-pad', submit: (event) => {
    event.preventDefault();
    if (!missing(field.value)) done(field.value);
  } },
  h('p', null, `掷骰子，每掷一次按一次点数，至少 ${LEAST} 次、至少 ${DIFFERENT} 种点数；也可以直接输入您想好的数字。`),
  field, h('div', { class: 'mqw-keys' }, ...keys), h('button', { type: 'button', class: 'mqw-button', click: press('') }, '退一位'), state, hand);
}
