/** The view of one check: warnings and headline, the answer for one company, the lists, changes, values, census, keys. */

import { searchSection } from './answer.js';
import { badge, code, command, h, icon, section, shortCode, table } from './dom.js';
import { keysPanel } from './keys.js';
import { Names } from './names.js';
import { noticeTexts, statusText, verdictOf, warningTexts } from './sentences.js';
import { censusSection } from './view-census.js';
import { ASSIGNMENT_WORDS, beijing, KIND_WORDS, lotWord, NOT_BY_LOT, STATE_WORDS, stratumWord, VERSION } from './words.js';

function facts({ head }) {
  const items = [['抽取', head.title], ['抽取编号', head.drawId], ['机关', head.organ], ['任务编号', head.scope], ['第几次封存', `第 ${head.attempt} 次`],
    ['封存', beijing(head.sealedAt)], [head.state === 'void' ? '作废' : '开签', head.endedAt ? beijing(head.endedAt) : `最迟 ${beijing(head.openBy)}`],
    ['派人方式', ASSIGNMENT_WORDS[head.rules.assignment]]];
  return h('dl', { class: 'mqv-facts' }, ...items.map(([label, text]) => h('div', null, h('dt', null, label), h('dd', null, text))));
}

function verdictBox(report) {
  const { kind, word } = verdictOf(report);
  const list = (texts, name) => (texts.length ? h('ul', { class: 'mqv-notices', 'aria-label': name }, ...texts.map((text) => h('li', null, text))) : null);
  const warnings = warningTexts(report).map((text) => h('p', { class: 'mqv-warning' }, icon('bad'), text));
  return h('div', { class: `mqv-verdict mqv-${kind}`, role: 'status', 'data-verdict': report.status },
    ...warnings, h('p', { class: 'mqv-verdict-word' }, icon(kind), word), h('p', { class: 'mqv-verdict-text' }, statusText(report)),
    report.reason ? h('p', { class: 'mqv-note' }, `核验程序的原话：${report.reason}`) : null,
    list(noticeTexts(report), '提示'), report.head ? facts(report) : null);
}

function strataTables({ strata }, names) {
  return strata.map((stratum) => {
    const more = stratum.passed ? `，免检免扰顺延 ${stratum.passed} 家` : '';
    const caption = `${stratumWord(stratum.stratum)}　${stratum.participants} 家参加，抽 ${stratum.quota} 家${more}`;
    return table(caption, ['次序', '检查对象', '第几支签', '签号'], stratum.selected.map((one, i) => ({ ...one, rank: i + 1 })),
      (one) => [one.rank, names.said(one.subject), one.lot, shortCode(one.ticket)]);
  });
}

function teamTable(report, names) {
  const batches = new Map(report.batches);
  const marked = new Set(report.appointed.map((place) => place.join('\t')));
  const word = (subject) => (id) => `${names.said(id)}${marked.has(`${subject}\t${id}`) ? '（非抽签产生）' : ''}`;
  const assigned = report.head.rules.assignment !== 'none' || report.appointed.length > 0;
  const rows = Object.entries(report.teams);
  const columns = assigned ? ['检查对象', '批次', '组长', '组员'] : ['检查对象', '批次'];
  return table(`现在的检查对象${assigned ? '和检查组' : ''}（${rows.length} 家，含变更）`, columns, rows, ([subject, team]) => {
    const said = team.map(word(subject));
    return [names.said(subject), batches.get(subject), ...(assigned ? [said[0] ?? '', said.slice(1).join('、')] : [])];
  });
}

function changeRows({ census }, names) {
  const said = (id) => (id ? names.said(id) : '—');
  const came = ({ kind, to, subject }) => (kind === 'exchange' ? `${said(to[1])} / ${said(to[0])}` : kind === 'subject' ? said(to[0]) : said(to[0] === subject ? to[1] : to[0]));
  const rows = [
    ...census.changes.map((one) => [one.number, KIND_WORDS[one.kind], said(one.subject), said(one.inspector), came(one),
      `${one.candidates} 名候选${one.waived ? '，带队科室不足，不限科室' : ''}`]),
    ...census.appointments.map((one) => [one.number, '直接委派', said(one.subject), said(one.inspector), said(one.appointed),
      `${NOT_BY_LOT}；理由：${one.ground}；批准人：${one.approver}`]),
    ...census.facts.map((one) => [one.number, '情况登记', '—', '—', '—', factsText(one, names)]),
    ...census.lots.filter(({ number, state }) => number && state !== 'opened').map((one) => [one.number, KIND_WORDS[one.kind], '—', '—', '—', STATE_WORDS[one.state]]),
  ];
  return rows.sort(([one], [other]) => one - other);
}

const SHOWN = 10;

function factsText(one, names) {
  const said = (id) => names.said(id);
  const lists = [['不能参加', one.unavailable.map(([id, why]) => `${said(id)}（${why}）`)], ['不能到场', one.absent.map(([at, id, why]) => `${said(id)} 到 ${said(at)}（${why}）`)],
    ['需要回避', one.conflicts.map(([at, id]) => `${said(id)} 与 ${said(at)}`)], ['不应检查', one.excused.map(([at, why]) => `${said(at)}（${why}）`)]];
  const told = lists.filter(([, list]) => list.length)
    .map(([word, list]) => `${word}：${list.slice(0, SHOWN).join('、')}${list.length > SHOWN ? `等，共 ${list.length} 项` : ''}`);
  if (one.joined) told.push(`跨科室加入 ${one.joined} 人`);
  return `${told.join('；')}；理由：${one.ground}；批准人：${one.approver}`;
}

/** What would have come had a lot not been voided. */
function wouldTables({ would, details }, names) {
  return Object.entries(would).map(([number, one]) => {
    const caption = `若不作废，${lotWord(number)}会抽出（理由：${details.find((lot) => String(lot.number) === number).reason}）`;
    if (one.changes) {
      return table(caption, ['对象', '原检查人员', '会由谁接替'], one.changes, (row) => [names.said(row.subject), row.inspector ? names.said(row.inspector) : '—',
        row.to.filter(Boolean).map((id) => names.said(id)).join(' / ')]);
    }
    return table(caption, ['检查对象', '检查组'], one.assignments, (row) => [names.said(row.subject), row.team.map((id) => names.said(id)).join('、')]);
  });
}

function resultSections(report, names) {
  const parts = [];
  const would = wouldTables(report, names);
  if (would.length) parts.push(section('若不作废会怎样', ...would));
  if (report.strata.length) parts.push(section('抽取结果', teamTable(report, names), ...strataTables(report, names)));
  const changes = changeRows(report, names);
  if (changes.length) parts.push(section('变更', table('每一步变更', ['序号', '种类', '对象', '原检查人员', '换成', '说明'], changes, (row) => row)));
  return parts;
}

const line = (label, text) => (text ? h('div', { class: 'mqv-line' }, h('dt', null, label), h('dd', null, code(text, label))) : null);

function givenLines({ given }) {
  return given.flatMap((one, i) => {
    const who = `${i + 1}　${one.name}`;
    return [line(`${who}的承诺`, one.commit), line(`${who}的献数`, one.digits), line(`${who}的随机码`, one.nonce), line(`${who}的回执`, one.receipt)];
  });
}

function valuesSection({ details, roots }) {
  const tables = [['对象名单', 'subjects.tsv'], ['人员名单', 'inspectors.tsv'], ['回避名单', 'conflicts.tsv']];
  const lots = details.map((lot) => h('details', { class: 'mqv-values' }, h('summary', null, `${lotWord(lot.number)}的数字指纹、献数和种子`),
    h('dl', { class: 'mqv-lines' }, line('封存指纹', lot.seal), ...(lot.number ? [] : tables.map(([label, name]) => line(`${label}（${roots[name].count} 行）`, roots[name].root))),
      line('系统随机数的指纹', lot.commitment), line('献数截止指纹', lot.close), ...givenLines(lot), line('系统随机数', lot.secret),
      line('公开随机源', lot.value), line('种子', lot.seed), line(lot.reason ? '作废指纹' : '最后一步的指纹', lot.last))));
  return section('可与纸面记录、回执和公告对照的数值', ...lots,
    h('p', { class: 'mqv-explain' }, '数字指纹（SHA-256）是由文件内容算出的 64 个字符，内容改动一个字节，指纹就完全不同。任何人都可以用电脑自带的命令另算一遍：'),
    command('sha256sum seal.json', 'Linux、macOS 或 Git Bash 的命令'), command('certutil -hashfile seal.json SHA256', 'Windows 的命令'));
}

function logSection({ ledger }) {
  if (ledger === null) return section('公开留痕', h('p', null, '抽取文件里没有留痕证明（ledger.json）。'));
  const items = [['这一任务在留痕里的条目', `${ledger.entries} 条，最后是第 ${ledger.last[0]} 次封存${ledger.last[1] ? `的${lotWord(ledger.last[1])}` : ''}`],
    ['证明截至', `第 ${ledger.size} 条`], ['外部见证', `${ledger.cosigners} 家`]];
  return section('公开留痕', h('div', { class: 'mqv-step-head' }, badge(ledger.confirmed ? true : null, ledger.confirmed ? '公钥已确认' : '公钥未确认')),
    h('dl', { class: 'mqv-lines' }, ...items.map(([label, text]) => h('div', { class: 'mqv-line' }, h('dt', null, label), h('dd', null, text))), line('留痕证明所用的公钥', ledger.key)));
}

/** Folded details do not print by themselves. */
function openForPrint(root) {
  addEventListener('beforeprint', () => {
    for (const item of root.querySelectorAll('details')) item.open = true;
  });
}

function bodyOf(report, { explain, again, options, names, subject }) {
  const parts = [];
  if (report.head) {
    const search = searchSection(explain, names, verdictOf(report).word, subject);
    parts.push(...(subject ? [search, verdictBox(report)] : [verdictBox(report), search]));
    parts.push(...resultSections(report, names), logSection(report), keysPanel(options, again, report), valuesSection(report), censusSection(report, names));
  } else {
    parts.push(verdictBox(report), keysPanel(options, again, report));
  }
  return [...parts, h('p', { class: 'mqv-version' }, `核验程序第 ${VERSION} 版，按 MQ2 抽取规则核验。全部计算都在本机完成。`)];
}

/**
 * Renders a check into a container.
 * @param {HTMLElement} container emptied at once
 */
export function createView(container) {
  const bar = h('progress', { class: 'mqv-bar', max: '100', 'aria-label': '核验进度' });
  const label = h('p', { class: 'mqv-progress-text', role: 'status' });
  const running = h('div', { class: 'mqv-progress', hidden: true }, label, bar);
  const body = h('div', null);
  container.classList.add('mqv');
  container.replaceChildren(running, body);
  openForPrint(container);
  const show = (...parts) => {
    running.hidden = true;
    body.replaceChildren(...parts);
  };
  return {
    clear: () => show(),
    progress(text, done = 0, total = 0) {
      running.hidden = false;
      label.textContent = text;
      if (total) bar.value = (100 * done) / total;
      else bar.removeAttribute('value');
    },
    /** Says why there is nothing to check. */
    unavailable: (text) => show(h('div', { class: 'mqv-verdict mqv-wait', role: 'status', 'data-verdict': 'none' },
      h('p', { class: 'mqv-verdict-word' }, icon('wait'), '未能核验'), h('p', { class: 'mqv-verdict-text' }, `${text}。`))),
    /** @param {{explain: Function, again: Function, options: object, names?: Names, subject?: string}} more */
    result: (report, more) => show(...bodyOf(report, { names: new Names(), subject: '', ...more })),
  };
}
