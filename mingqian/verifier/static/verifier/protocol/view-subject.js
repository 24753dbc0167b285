/** The search for one subject, and what is found. */

import { badge, code, command, h, icon, section } from '../page/dom.js';
import { memberWord, stratumWord } from './words.js';

function pair(label, value) {
  return h('div', { class: 'mqv-line' }, h('dt', null, label), h('dd', null, value));
}

function outcome(found) {
  if (found.selected && !found.now) return badge(null, '抽中，后被顶替');
  if (!found.selected && found.now) return badge(true, '补充抽取时抽中');
  if (found.selected) return badge(true, '抽中');
  return badge(null, found.rank ? '没有抽中' : '没有签号');
}

function ticketLines(found) {
  return found.tickets.map(({ lot, ticket }) => {
    const used = found.tickets.length > 1 && lot === found.lot ? '（最小，以此为准）' : '';
    return pair(`第 ${lot} 支签的签号${used}`, code(ticket, `第 ${lot} 支签的签号`));
  });
}

function mainLines(found) {
  const lines = [
    pair('名册中的位置', `第 ${found.rowNumber} 行`), pair('所在分层', stratumWord(found.stratum)), pair('状态', found.status), pair('签数', `${found.lots} 支`),
    ...ticketLines(found),
  ];
  if (found.rank) {
    lines.push(pair('排位', `第 ${found.rank} 位（共 ${found.participants} 家参加，应抽 ${found.quota} 家）`));
    lines.push(pair('入选线', code(found.cutoff, '入选线')));
  }
  if (found.now) lines.push(pair('批次', `第 ${found.batch} 批`));
  const team = found.team.map((name) => memberWord(name, found.appointed));
  if (team.length) lines.push(pair('现在的检查组', `${team.join('、')}（第一位为组长）`));
  return lines;
}

function pathView(found) {
  const items = found.merklePath.map(({ side, hash }, index) => h('li', null,
    `第 ${index + 1} 层，放在${side === 'left' ? '左' : '右'}边：`, code(hash, `第 ${index + 1} 层指纹`)));
  return h('details', null, h('summary', null, `证明这一行在名册中（${items.length} 层指纹）`),
    h('p', { class: 'mqv-explain' }, '从本行的指纹开始，逐层与下列指纹合并，最后应得到封存文件所记的名册总指纹。'),
    h('dl', { class: 'mqv-lines' }, pair('本行的指纹', code(found.leaf, '本行的指纹'))),
    h('ol', { class: 'mqv-path' }, ...items),
    h('dl', { class: 'mqv-lines' }, pair('名册总指纹', code(found.root, '名册总指纹'))));
}

function commandView(found) {
  return h('details', null, h('summary', null, `自己动手计算（${found.commands.length} 条命令）`),
    h('p', { class: 'mqv-explain' }, '在 Linux、macOS 或 Git Bash 中逐条运行，得到的 64 个字符应与上面相同。第一条须在数据包所在的文件夹中运行。'),
    ...found.commands.map(({ title, command: text }) => h('div', null, h('p', { class: 'mqv-cmd-title' }, title), command(text, title))));
}

function foundView(found) {
  if (!found.found) return h('p', { class: 'mqv-notfound' }, icon('info'), found.reason);
  return h('div', { class: 'mqv-found' },
    h('div', { class: 'mqv-step-head' }, h('h3', { class: 'mqv-h3' }, found.id), outcome(found)),
    found.warning ? h('p', { class: 'mqv-warning' }, icon('bad'), found.warning) : null,
    h('p', { class: 'mqv-reason' }, found.reason),
    found.history.length ? h('ul', { class: 'mqv-notices' }, ...found.history.map((text) => h('li', null, text))) : null,
    h('dl', { class: 'mqv-lines' }, ...mainLines(found)), pathView(found), found.commands.length ? commandView(found) : null);
}

/**
 * @param {(id: string) => Promise<any>} explain
 * @param {string} subject filled in and looked up at once where given
 * @returns {HTMLElement}
 */
export function searchSection(explain, subject) {
  const input = h('input', {
    id: 'mqv-search', type: 'text', class: 'mqv-input', autocomplete: 'off', spellcheck: 'false', maxlength: '80', value: subject,
  });
  const answer = h('div', { 'aria-live': 'polite' });
  const look = async () => {
    if (!input.value.trim()) {
      answer.replaceChildren(h('p', { class: 'mqv-notfound' }, '请先输入编号。'));
      return;
    }
    answer.replaceChildren(h('p', { class: 'mqv-notfound' }, '正在查找…'));
    try {
      answer.replaceChildren(foundView(await explain(input.value)));
    } catch {
      answer.replaceChildren(h('p', { class: 'mqv-notfound' }, '查找时出错，请刷新页面后重试。'));
    }
  };
  const form = h('form', { class: 'mqv-search', role: 'search', submit: (event) => { event.preventDefault(); look(); } },
    h('label', { for: 'mqv-search' }, '输入统一社会信用代码或登记号'),
    h('div', { class: 'mqv-search-row' }, input, h('button', { type: 'submit', class: 'mqv-button mqv-primary' }, icon('search'), '查询')));
  if (subject) look();
  const all = section('查一家：为什么抽中，或为什么没有', form, answer);
  all.classList.add('mqv-lookup');
  return all;
}
