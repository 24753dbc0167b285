/** The search for one company, and its answer: drawn or not, by whom, when, and what to compute by hand; the proof below. */

import { badge, code, command, h, icon, section } from './dom.js';
import { beijing, KIND_WORDS, lotWord, NOT_BY_LOT, statusWord, stratumWord } from './words.js';

const pair = (label, value) => h('div', { class: 'mqv-line' }, h('dt', null, label), h('dd', null, value));

function outcome(found) {
  const was = found.spot?.selected;
  if (was && !found.now) return badge(null, '抽中，后被替换');
  if (!was && found.now) return badge(true, '变更时抽中');
  if (was) return badge(true, '抽中了');
  return badge(null, found.spot ? '没有抽中' : '没有签号');
}

function whyNoTicket(found) {
  if (found.status.startsWith('out')) return `封存时列为“${statusWord(found.status)}”，没有签号。`;
  if (!found.drawn) return `所在的${stratumWord(found.stratum)}这次不抽。`;
  if (found.state === 'void') return '这次抽取已作废，没有签号。';
  return '还没有开签，没有签号。';
}

function why(found) {
  const { spot } = found;
  if (!spot) return whyNoTicket(found);
  const order = `${found.stratum === '-' ? '' : `${stratumWord(found.stratum)}里`}${spot.participants} 家参加、抽 ${spot.quota} 家，签号从小到大排第 ${spot.rank} 位`;
  const moved = spot.ahead ? `（前面有 ${spot.ahead} 家免检免扰顺延）` : '';
  if (spot.selected) return `${order}${moved}，所以抽中${found.now ? '' : '；后来被替换，不再检查'}。`;
  if (spot.passed) return `${order}，在入选线以内；但属${statusWord(found.status)}，由后一家递补。`;
  if (found.now) return `抽取时${order}${moved}，没有抽中；后来在变更时抽中，列入检查。`;
  return `${order}${moved}，签号大于入选线，所以没有抽中。`;
}

function teamLines(found, names) {
  if (!found.team.length) return [];
  const said = found.team.map((one, i) => {
    const marks = [i || !found.assigned ? '' : '组长', one.appointed ? '非抽签产生' : '', one.joined ? `第 ${one.joined} 号变更加入` : ''].filter(Boolean);
    return `${names.said(one.id)}${marks.length ? `（${marks.join('，')}）` : ''}`;
  });
  return [pair('由谁检查', said.join('、'))];
}

/** What one later step did to the company, as a sentence. */
function eventText(event, id, names) {
  const said = (one) => names.said(one);
  const head = `第 ${event.number} 号（${beijing(event.time)}）`;
  const why = event.ground ? `；理由：${event.ground}；批准人：${event.approver}` : '';
  const told = {
    excused: () => `登记为不应检查（${event.code}）${why}`,
    conflict: () => `登记 ${said(event.inspector)} 需要回避${why}`,
    absent: () => `登记 ${said(event.inspector)} 不能到该对象（${event.code}）${why}`,
    unavailable: () => `登记 ${said(event.inspector)} 不能再参加检查（${event.code}）${why}`,
    appointment: () => `${event.inspector ? `${said(event.inspector)} 由 ${said(event.appointed)} 接替` : `${said(event.appointed)} 加入检查组`}，${NOT_BY_LOT}${why}`,
    void: () => `${KIND_WORDS[event.kind]}作废，没有变更`,
    changed: () => changeText(event, id, said),
  }[event.what];
  return `${head}：${told ? told() : `${KIND_WORDS[event.kind]}尚未开签`}。`;
}

function changeText({ kind, subject, inspector, to, candidates }, id, said) {
  const among = `（${candidates} 名候选中抽签）`;
  if (kind === 'inspector') return `${said(inspector)} 由 ${said(to[1])} 接替${among}`;
  if (kind === 'exchange') return `${said(inspector)}（${said(subject)}）与 ${said(to[1])}（${said(to[0])}）互换${among}`;
  return subject === id ? `由 ${said(to[0])} 替补，不再检查该对象${among}` : `替补 ${said(subject)}，从此列入检查${among}`;
}

function handLines(found) {
  const tickets = found.commands.filter(({ what }) => what === 'ticket');
  if (!tickets.length) return [];
  const used = tickets.find(({ number }) => number === found.spot.lot);
  return [
    h('p', { class: 'mqv-cmd-title' }, '自己算一遍：这一行命令给出它的签号，不大于入选线的抽中'), command(used.command, '签号的命令'),
    h('dl', { class: 'mqv-lines' }, pair('签号', code(found.spot.ticket, '签号')), pair('入选线', code(found.spot.cutoff, '入选线'))),
  ];
}

const COMMAND_TITLES = {
  seal: () => '封存指纹（在抽取文件所在的文件夹里运行）', seed: () => '种子', ticket: ({ number }) => `第 ${number} 支签的签号`, leaf: () => '本行的指纹',
  node: ({ number }) => `第 ${number} 层`, root: ({ number }) => `第 ${number} 层，应等于名单的总指纹`,
};

function proofView(found) {
  const lines = [
    pair('名单中的位置', `第 ${found.number} 行`), pair('所在分层', stratumWord(found.stratum)), pair('状态', statusWord(found.status)),
    pair('签数', `${found.lots} 支${found.lots > 1 ? '，取最小的签号' : ''}`), pair('名单的总指纹', code(found.root, '名单的总指纹')),
  ];
  return h('details', null, h('summary', null, `全部证明和命令（${found.commands.length} 条）`),
    h('dl', { class: 'mqv-lines' }, ...lines),
    h('p', { class: 'mqv-explain' }, '在 Linux、macOS 或 Git Bash 中逐条运行，得到的 64 个字符应与所列相同；最后一条等于封存文件里名单的总指纹，就证明这一行确在封存的名单中。'),
    ...found.commands.map((one) => h('div', null, h('p', { class: 'mqv-cmd-title' }, COMMAND_TITLES[one.what](one)), command(one.command, '命令'),
      code(one.gives, '应得的值'))));
}

function foundView(found, names, verdict) {
  const when = found.spot && found.endedAt ? [pair('什么时候', `${beijing(found.endedAt)} 开签${found.now && found.batches > 1 ? `，第 ${found.batch} 批检查` : ''}`)] : [];
  const name = names.of(found.id);
  return h('div', { class: 'mqv-found', 'data-answer': found.now ? 'drawn' : 'not-drawn' },
    h('div', { class: 'mqv-step-head' }, h('h3', { class: 'mqv-h3' }, name || found.id), outcome(found)),
    name ? h('p', { class: 'mqv-note' }, found.id) : null,
    h('p', { class: 'mqv-reason' }, why(found)),
    h('dl', { class: 'mqv-lines' }, ...teamLines(found, names), ...when, pair('这份抽取文件', verdict)),
    ...handLines(found),
    found.history.length ? h('ul', { class: 'mqv-notices', 'aria-label': '后来的每一步' }, ...found.history.map((event) => h('li', null, eventText(event, found.id, names)))) : null,
    proofView(found));
}

const said = (...children) => h('p', { class: 'mqv-notfound' }, ...children);

/** What was typed is a code of the list, or a name of somebody on it. */
async function search(typed, explain, names, verdict, again) {
  const found = await explain(typed);
  if (found.found) return foundView(found, names, verdict);
  const many = await names.find(typed);
  const one = many.length === 1 ? await explain(many[0][0]) : null;
  if (one?.found) return foundView(one, names, verdict);
  if (many.length < 2) {
    return said(icon('info'), '封存的名单里没有这个编号或名称，它没有进入这次抽取。请核对是否输错；不知道编号的，可在营业执照上查统一社会信用代码。');
  }
  const buttons = many.slice(0, 20).map(([id, name]) => h('li', null,
    h('button', { type: 'button', class: 'mqv-button', click: () => again(id) }, `${name}（${id}）`)));
  return h('div', null, said(`有 ${many.length} 个名称相近，请选一个：`), h('ul', { class: 'mqv-choices' }, ...buttons));
}

/**
 * @param {(id: string) => Promise<any>} explain
 * @param {import('./names.js').Names} names
 * @param {string} verdict how the bundle stands, in a word
 * @param {string} subject filled in and looked up at once where given
 * @returns {HTMLElement}
 */
export function searchSection(explain, names, verdict, subject) {
  const input = h('input', {
    id: 'mqv-search', type: 'search', class: 'mqv-input', autocomplete: 'off', spellcheck: 'false', maxlength: '80', value: subject,
  });
  const answer = h('div', { 'aria-live': 'polite' });
  const look = async (typed) => {
    input.value = typed;
    if (!typed.trim()) {
      answer.replaceChildren(said('请先输入编号或名称。'));
      return;
    }
    answer.replaceChildren(said('正在查找…'));
    try {
      answer.replaceChildren(await search(typed, explain, names, verdict, look));
    } catch {
      answer.replaceChildren(said('查找时出错，请刷新页面后重试。'));
    }
  };
  const hint = names.ask || names.known.size ? '输入企业名称、统一社会信用代码或登记号' : '输入统一社会信用代码或登记号';
  const form = h('form', { class: 'mqv-search', role: 'search', submit: (event) => { event.preventDefault(); look(input.value); } },
    h('label', { for: 'mqv-search' }, hint),
    h('div', { class: 'mqv-search-row' }, input, h('button', { type: 'submit', class: 'mqv-button mqv-primary' }, icon('search'), '查询')));
  if (subject) look(subject);
  const all = section('我的企业抽中了吗，为什么', form, answer);
  all.classList.add('mqv-lookup');
  return all;
}
