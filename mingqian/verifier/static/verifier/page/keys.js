/** What a reader got on another way: the log's key, cosigners' keys, a kept checkpoint, openings handed in after a void. */

import { h } from './dom.js';

const lines = (text) => text.split('\n').map((one) => one.trim()).filter(Boolean);

/** Checkpoints that somebody kept: one signed note, or a JSON list of [note, proof]. */
function keptOf(text) {
  if (!text.trim()) return [];
  return text.trim().startsWith('[') ? JSON.parse(text) : [[`${text.replaceAll('\r', '').trim()}\n`, null]];
}

/**
 * The verifier's options from the fields.
 * @param {{key: string, witnesses: string, need: string, kept: string, late: string}} fields as typed
 * @throws {SyntaxError} where JSON is none
 */
export function optionsOf({ key, witnesses, need, kept, late }) {
  const options = { witnesses: lines(witnesses), kept: keptOf(kept) };
  if (key.trim()) options.log_key = key.trim();
  if (need.trim()) options.need = Number(need);
  if (late.trim()) options.late = JSON.parse(late);
  return options;
}

const area = (name, label, rows, value) => {
  const id = `mqv-keys-${name}`;
  return [h('label', { for: id }, label), h('textarea', { id, name, class: 'mqv-input', rows: String(rows), spellcheck: 'false', autocomplete: 'off' }, value)];
};

/**
 * @param {object} options those of the last check
 * @param {(options: object) => void} again checks the same files with others
 * @returns {HTMLElement}
 */
export function keysPanel(options, again, { details }) {
  const voided = details.some(({ reason, close }) => reason && close);
  const problem = h('p', { class: 'mqv-warning', role: 'alert', hidden: true }, '写法不对，请核对是否抄错、抄漏。');
  const need = h('input', { id: 'mqv-keys-need', name: 'need', class: 'mqv-input', inputmode: 'numeric', autocomplete: 'off', value: String(options.need ?? '') });
  const form = h('form', { class: 'mqv-keys', submit: (event) => {
    event.preventDefault();
    const typed = { late: '', ...Object.fromEntries(new FormData(form)) };
    try {
      again(optionsOf(typed));
    } catch {
      problem.hidden = false;
    }
  } },
  ...area('key', '平台的留痕公钥', 2, options.log_key ?? ''),
  ...area('witnesses', '外部见证的公钥（每行一个，可以不填）', 3, (options.witnesses ?? []).join('\n')),
  h('label', { for: need.id }, '至少要有几家外部见证（不填则要过半）'), need,
  ...area('kept', '以前保存的检查点（手机、公告或记录上的，可以不填）', 4, options.kept?.length ? JSON.stringify(options.kept) : ''),
  ...(voided ? area('late', '作废之后另行交来的献数（JSON，可以不填）', 3, options.late ? JSON.stringify(options.late) : '') : []),
  problem, h('button', { type: 'submit', class: 'mqv-button mqv-primary' }, '用这些重新核验'));
  return h('details', { class: 'mqv-keypanel' }, h('summary', null, '公钥和保存的检查点'),
    h('p', { class: 'mqv-explain' }, '从公告、报纸、审计机关等与本网站无关的渠道得到的公钥，填在这里，才能确认文件的来历。'), form);
}
