/** Words and figures as citizens read them. */

/** Version of this verifier, shown in the page. */
export const VERSION = '1.2.0';

/** Names of files for readers who do not know them. */
export const FILE_TITLES = {
  'subjects.tsv': '检查对象名册',
  'inspectors.tsv': '执法检查人员名册',
  'conflicts.tsv': '回避名册',
  'seal.json': '封存文件',
  'reveal.json': '开签文件',
  'result.json': '结果文件',
  'void.json': '作废文件',
  'ledger.json': '台账证明',
};

/** Status kinds. */
export const STATUS_WORDS = { in: '参加抽取', exempt: '免检免扰（抽到即顺延）', out: '不参加抽取' };

/** Kinds of supplement. */
export const KIND_WORDS = { inspector: '更换检查人员', exchange: '互换检查人员', subject: '更换检查对象', appointment: '直接委派' };

/** How an appointment is called wherever it is shown. */
export const NOT_BY_LOT = '非抽签产生（直接委派）';

/** Ways of assigning inspectors. */
export const ASSIGNMENT_WORDS = { 'per-subject': '逐个对象派员', teams: '先编组再派组', none: '只抽检查对象' };

const pad = (number) => String(number).padStart(2, '0');

/**
 * A time of the protocol (UTC, checked) in Beijing time.
 * @param {string} time
 * @returns {string} such as 2026年3月2日 09:00:00
 */
export function beijing(time) {
  const date = new Date(Date.parse(time) + 8 * 3600 * 1000);
  const clock = [date.getUTCHours(), date.getUTCMinutes(), date.getUTCSeconds()].map(pad).join(':');
  return `${date.getUTCFullYear()}年${date.getUTCMonth() + 1}月${date.getUTCDate()}日 ${clock}`;
}

/**
 * The time between two times of the protocol.
 * @returns {string} such as 1 天 2 小时 5 分
 */
export function duration(from, to) {
  let seconds = Math.round((Date.parse(to) - Date.parse(from)) / 1000);
  const parts = [];
  for (const [size, word] of [[86400, '天'], [3600, '小时'], [60, '分'], [1, '秒']]) {
    const count = Math.floor(seconds / size);
    seconds -= count * size;
    if (count) parts.push(`${count} ${word}`);
  }
  return parts.join(' ') || '0 秒';
}

/** A stratum for readers; `-` stands where there is one. */
export function stratumWord(stratum) {
  return stratum === '-' ? '全部对象' : `分层 ${stratum}`;
}

/**
 * A member of a team for readers, marked where he is there not by lot.
 * @param {string} name
 * @param {string[]} appointed
 * @returns {string}
 */
export function memberWord(name, appointed) {
  return appointed.includes(name) ? `${name}（非抽签产生）` : name;
}

/**
 * A file for readers: what it is, and its name.
 * @param {string} name
 * @returns {string} such as 补充抽取 1 的封存文件 supplement-1/seal.json
 */
export function fileWord(name) {
  const [, number, base] = /^(?:supplement-([0-9]+)\/)?(.*)$/s.exec(name);
  const title = FILE_TITLES[base];
  return title ? `${number ? `补充抽取 ${number} 的` : ''}${title} ${name}` : name;
}
