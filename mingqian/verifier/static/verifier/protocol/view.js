/** The view of one check: verdict, steps, problems, search, lists, census. */

import { badge, code, command, h, icon, section, shortCode, table } from '../page/dom.js';
import { searchSection } from './view-subject.js';
import { ASSIGNMENT_WORDS, beijing, KIND_WORDS, memberWord, stratumWord, VERSION } from './words.js';

const VERDICTS = {
  verified: { kind: 'ok', word: '核验通过', text: '从封存到结果，每一步都已用本机重新计算，与公布的完全一致。' },
  pending: { kind: 'wait', word: '尚未开签', text: '到目前为止的内容都已核对，没有发现问题；结果还没有产生，所以不能说“通过”。' },
  refused: { kind: 'bad', word: '核验不通过', text: '这份数据包有不符合规则的地方，见下面列出的问题。它不能证明这次抽取是公正的。' },
};

function verdictText(result) {
  const voided = result.verdict === 'verified' && result.summary && result.summary.state === 'void';
  if (voided) return '本次抽取已作废，没有结果。封存和作废的内容都已核对，与规则一致。';
  const appointed = result.verdict === 'verified' ? result.summary.supplements.filter(({ kind }) => kind === 'appointment').length : 0;
  return VERDICTS[result.verdict].text + (appointed ? `其中有直接委派 ${appointed} 次，不是抽签产生，见统计。` : '');
}

function facts(summary) {
  const items = [['抽取', summary.title], ['抽取编号', summary.draw_id], ['机关', summary.organ], ['任务范围', summary.scope],
    ['封存', beijing(summary.sealed_at)]];
  if (summary.opened_at) items.push(['开签', beijing(summary.opened_at)]);
  if (summary.voided_at) items.push(['作废', beijing(summary.voided_at)]);
  if (summary.state === 'pending') {
    // The check itself knows no clock; whether the time is over is for the reader of the page.
    const over = Date.parse(summary.open_by) < Date.now() ? '（已逾期）' : '';
    items.push(['开签期限', beijing(summary.open_by) + over]);
  }
  items.push(['抽取监督人', summary.witnesses.join('、')], ['派员方式', ASSIGNMENT_WORDS[summary.rules.assignment]]);
  return h('dl', { class: 'mqv-facts' }, ...items.map(([label, text]) => h('div', null, h('dt', null, label), h('dd', null, text))));
}

function verdictBox(result) {
  const { kind, word } = VERDICTS[result.verdict];
  const title = h('p', { class: 'mqv-verdict-word' }, icon(kind), word);
  const notices = result.notices.map((text) => h('li', null, text));
  return h('div', { class: `mqv-verdict mqv-${kind}`, role: 'status', 'data-verdict': result.verdict },
    title, h('p', { class: 'mqv-verdict-text' }, verdictText(result)),
    notices.length ? h('ul', { class: 'mqv-notices', 'aria-label': '提示' }, ...notices) : null,
    result.summary ? facts(result.summary) : null);
}

function problemSection(result) {
  const items = result.problems.map((problem) => h('li', null, problem.text));
  const rest = result.problemCount - result.problems.length;
  return section(`发现的问题（${result.problemCount} 处）`, h('ul', { class: 'mqv-problems' }, ...items),
    rest > 0 ? h('p', null, `还有 ${rest} 处没有列出。`) : null);
}

function lineView(line) {
  const value = line.kind === 'code' ? code(line.text, line.label.trim()) : line.text;
  return h('div', { class: 'mqv-line' }, h('dt', null, line.label), h('dd', null, value));
}

function stepView(step, number) {
  const head = h('div', { class: 'mqv-step-head' }, h('h3', { class: 'mqv-h3' }, `${number}　${step.title}`), badge(step.ok, step.word));
  const lines = step.value.length ? h('dl', { class: 'mqv-lines' }, ...step.value.map(lineView)) : null;
  // Long lists of values fold away where all is well; a step that fails lies open.
  const body = lines && step.value.length > 6
    ? h('details', { open: step.ok === false }, h('summary', null, `查看 ${step.value.length} 项数值`), lines) : lines;
  return h('li', { class: `mqv-step mqv-step-${String(step.ok)}` }, head, h('p', { class: 'mqv-explain' }, step.explanation), body);
}

function strataTables(summary) {
  return summary.strata.map((stratum) => {
    const more = stratum.passed.length ? `，免检免扰顺延 ${stratum.passed.length} 家` : '';
    const caption = `${stratumWord(stratum.stratum)}　应抽 ${stratum.quota} 家，${stratum.participants} 家参加${more}`;
    const marked = (items, word) => items.map((item) => ({ ...item, word }));
    const entries = [...marked(stratum.selected, '抽中'), ...marked(stratum.passed, '免检免扰，顺延')]
      .sort((a, b) => (a.ticket < b.ticket ? -1 : 1)).map((item, index) => ({ ...item, rank: index + 1 }));
    return table(caption, ['排位', '检查对象', '第几支签', '签号', '结果'], entries,
      (item) => [item.rank, item.subject, item.lot, shortCode(item.ticket), item.word]);
  });
}

function teamTable(result) {
  // Where only subjects were drawn there are teams only after an appointment.
  const assigned = result.summary.rules.assignment !== 'none' || result.teams.some(({ team }) => team.length);
  const columns = assigned ? ['检查对象', '批次', '组长', '组员'] : ['检查对象', '批次'];
  const rows = result.teams;
  const words = (item, from, to) => item.team.slice(from, to).map((name) => memberWord(name, item.appointed)).join('、');
  return table(`现在的检查对象${assigned ? '和检查组' : ''}（${rows.length} 家，含补充抽取的变更）`, columns, rows,
    (item) => [item.subject, item.batch, ...(assigned ? [words(item, 0, 1), words(item, 1)] : [])]);
}

/** Who came: the counterpart's subject where it is another one, and the inspector where there is one. */
function outcomeText({ subject, outcome }) {
  return [outcome.subject === subject ? '' : outcome.subject, outcome.inspector].filter(Boolean).join(' / ');
}

function supplementTable(summary) {
  const states = { opened: '已开签', void: '已作废', pending: '尚未开签' };
  const mark = ({ kind }, text) => (kind === 'appointment' ? `${text}（非抽签产生）` : text);
  const title = summary.supplements.some(({ kind }) => kind === 'appointment') ? '补充抽取和直接委派' : '补充抽取';
  return table(title, ['序号', '种类', '对象', '原检查人员', '事由', '候选', '结果'], summary.supplements, (item) => [
    item.number, KIND_WORDS[item.kind], item.subject, item.inspector || '—', item.reason,
    item.candidates === null ? '—' : item.candidates, mark(item, item.outcome ? outcomeText(item) : states[item.state]),
  ]);
}

function resultSection(result) {
  const { summary } = result;
  const title = summary.hypothetical ? '若不作废本会抽出的结果' : '抽取结果';
  const parts = strataTables(summary);
  if (result.teams.length) parts.push(teamTable(result));
  if (summary.supplements.length) parts.push(supplementTable(summary));
  return section(title, ...parts);
}

function censusSection(census) {
  const items = census.map(({ title, note, columns, rows }) => h('div', { class: 'mqv-census-item' },
    rows.length ? table(title, columns, rows, (row) => row) : h('p', { class: 'mqv-none' }, h('strong', null, title), '　没有'),
    note ? h('p', { class: 'mqv-note' }, note) : null));
  return section('统计', h('p', { class: 'mqv-explain' }, '以下不影响结论，供留心的人细看：有没有不该排除的、不该多给签的、反复更换的。'),
    h('div', { class: 'mqv-census' }, ...items));
}

function handSection() {
  const lines = [
    ['算一个文件的数字指纹（Linux、macOS 或 Git Bash）', 'sha256sum seal.json'],
    ['Windows 命令提示符', 'certutil -hashfile seal.json SHA256'],
  ];
  return section('自己动手核对', h('p', null, '数字指纹（SHA-256）是由文件内容算出的 64 个字符，内容改动一个字节，指纹就完全不同。任何人都可以用电脑自带的命令另算一遍，与上面比对。查出某一家之后，会给出它的签号和所在行的全部计算命令。'),
    ...lines.map(([title, text]) => h('div', null, h('p', { class: 'mqv-cmd-title' }, title), command(text, title))));
}

/** Folded details do not print by themselves. */
function openForPrint(root) {
  addEventListener('beforeprint', () => {
    for (const item of root.querySelectorAll('details')) item.open = true;
  });
}

/**
 * Renders a check into a container.
 * @param {HTMLElement} container emptied at once
 * @returns {{progress: (text: string, done?: number, total?: number) => void, step: (step: any) => void,
 *   result: (result: any, explain: (id: string) => Promise<any>, subject?: string) => void, unavailable: (text: string) => void,
 *   clear: () => void}} `unavailable` says why there is nothing to check
 */
export function createFirstView(container) {
  const bar = h('progress', { class: 'mqv-bar', max: '100', 'aria-label': '核验进度' });
  const label = h('p', { class: 'mqv-progress-text', role: 'status' });
  const running = h('div', { class: 'mqv-progress', hidden: true }, label, bar);
  const head = h('div', null);
  const list = h('ol', { class: 'mqv-steps' });
  const steps = section('核对步骤', list);
  const tail = h('div', null);
  steps.hidden = true;
  container.classList.add('mqv');
  container.replaceChildren(running, head, steps, tail);
  openForPrint(container);
  const clear = () => {
    for (const part of [head, list, tail]) part.replaceChildren();
    steps.hidden = true;
    running.hidden = true;
  };
  return {
    clear,
    progress(text, done = 0, total = 0) {
      running.hidden = false;
      label.textContent = total ? `${text}（${done} / ${total}）` : text;
      if (total) bar.value = (100 * done) / total;
      else bar.removeAttribute('value');
    },
    unavailable(text) {
      running.hidden = true;
      head.replaceChildren(h('div', { class: 'mqv-verdict mqv-wait', role: 'status', 'data-verdict': 'none' },
        h('p', { class: 'mqv-verdict-word' }, icon('wait'), '未能核验'), h('p', { class: 'mqv-verdict-text' }, `${text}。`)));
    },
    step(step) {
      steps.hidden = false;
      list.append(stepView(step, list.children.length + 1));
    },
    result(result, explain, subject = '') {
      running.hidden = true;
      head.replaceChildren(verdictBox(result));
      if (result.problems.length) head.append(problemSection(result));
      if (result.census) head.append(searchSection(explain, subject));
      const parts = [];
      if (result.summary && result.summary.strata.length) parts.push(resultSection(result));
      if (result.census) parts.push(censusSection(result.census));
      parts.push(handSection(), h('p', { class: 'mqv-version' }, `核验程序第 ${VERSION} 版，按 MQ1 抽取规则核验。全部计算都在本机完成。`));
      tail.replaceChildren(...parts);
    },
  };
}
