/** Words, times and numbers as people read them. */

/** Version of this verifier, shown in the page; raised with every change that is published. */
export const VERSION = '2.0.0';

/** Names of files for readers who do not know them. */
const FILE_TITLES = {
  'subjects.tsv': '对象名单', 'inspectors.tsv': '人员名单', 'conflicts.tsv': '回避名单', 'seal.json': '封存文件', 'close.json': '献数截止文件',
  'reveal.json': '开签文件', 'result.json': '结果文件', 'void.json': '作废文件', 'ledger.json': '留痕证明',
};

export const KIND_WORDS = {
  draw: '抽取', facts: '情况登记', inspector: '更换检查人员', exchange: '互换检查人员', subject: '更换检查对象', appointment: '直接委派',
};

export const STATE_WORDS = { sealed: '已封存，等待献数', closed: '已献数截止，等待开签', revealed: '正在开签', opened: '已开签', void: '已作废' };

export const ASSIGNMENT_WORDS = { 'per-subject': '逐个对象派人', teams: '先编组再派组', none: '只抽检查对象' };

export const STEP_WORDS = { seal: '封存', close: '献数截止', result: '开签', void: '作废' };

/** How an appointment is called wherever it is shown. */
export const NOT_BY_LOT = '非抽签产生（直接委派）';

/** A lot for readers: the draw itself, or a later change. */
export const lotWord = (number) => (Number(number) ? `第 ${number} 号变更` : '抽取');

/** A stratum for readers; `-` stands where there is one. */
export const stratumWord = (stratum) => (stratum === '-' ? '全部对象' : `分层 ${stratum}`);

/** A status of a table for readers. */
export function statusWord(status) {
  const [kind, code] = status.split(':');
  return { in: '参加抽取', exempt: `免检免扰，抽到即顺延（${code}）`, out: `不参加抽取（${code}）` }[kind];
}

/**
 * A file for readers: what it is, and its name.
 * @param {string} name
 * @returns {string} such as 第 1 号变更的封存文件 supplement-1/seal.json
 */
export function fileWord(name) {
  const [, number, base] = /^(?:supplement-([0-9]+)\/)?(.*)$/s.exec(name);
  const title = FILE_TITLES[base];
  return title ? `${number ? `第 ${number} 号变更的` : ''}${title} ${name}` : name;
}

const pad = (number) => String(number).padStart(2, '0');

function shown(milliseconds) {
  const date = new Date(milliseconds + 8 * 3600 * 1000);
  const clock = [date.getUTCHours(), date.getUTCMinutes(), date.getUTCSeconds()].map(pad).join(':');
  return `${date.getUTCFullYear()}年${date.getUTCMonth() + 1}月${date.getUTCDate()}日 ${clock}`;
}

/**
 * A time of the protocol (UTC, checked) in Beijing time.
 * @param {string} time
 * @returns {string} such as 2026年3月2日 09:00:00
 */
export const beijing = (time) => shown(Date.parse(time));

/** The same of seconds since 1970 (BigInt); beyond the calendar as they stand. */
export const beijingSeconds = (seconds) => (seconds < 32503680000n ? shown(Number(seconds) * 1000) : `${seconds}`);
