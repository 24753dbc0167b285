/** Form of the draw's seal.json, and what must hold for a draw to be sealed at all (step 2, with E1). */

import { parseCanonical } from './canonical.js';
import { compareUtf8, firstUnsorted, isHash, isInteger, isLine, isTime, isWord } from './grammar.js';
import { textLine } from './report.js';
import { stratumWord } from './words.js';

const SEAL_KEYS = ['protocol', 'draw_id', 'title', 'organ', 'scope', 'sealed_at', 'open_by', 'rules', 'subjects', 'inspectors',
  'conflicts', 'witnesses', 'commitment', 'beacon'];
const RULE_KEYS = ['quotas', 'team_size', 'assignment', 'teams', 'batches'];

/**
 * Exactly these keys, no others, none missing.
 * @param {any} value
 * @param {string[]} keys
 * @returns {boolean}
 */
export function hasKeys(value, keys) {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return false;
  return Object.keys(value).length === keys.length && keys.every((key) => Object.hasOwn(value, key));
}

/**
 * A key that an extension may add, where `value` has it.
 * @param {any} value
 * @param {string} key
 * @returns {string[]}
 */
export function ifPresent(value, key) {
  return value !== null && typeof value === 'object' && Object.hasOwn(value, key) ? [key] : [];
}

/**
 * A canonical JSON file with exactly these keys.
 * @param {import('./report.js').Report} report
 * @param {Map<string, Uint8Array>} files
 * @param {string} file
 * @param {string[] | ((value: any) => string[])} keys or which ones, by what the file holds
 * @returns {any} the object, or null after a problem
 */
export function readObject(report, files, file, keys) {
  const before = report.count;
  const value = report.form('json', file, () => parseCanonical(files.get(file)));
  if (report.count > before) return null;
  return report.check(hasKeys(value, typeof keys === 'function' ? keys(value) : keys), 'keys', file, `${file} 的内容项不符合规定（多出、缺少或写错）`) ? value : null;
}

/** Witnesses, times and beacon follow the same rules in the draw and in a supplement. */
export function checkCommon(report, file, seal) {
  const names = Array.isArray(seal.witnesses) && seal.witnesses.length > 0 && seal.witnesses.every(isLine);
  report.check(names && new Set(seal.witnesses).size === seal.witnesses.length, 'witnesses', file,
    `${file} 的抽取监督人名单不合规范（至少一名，不得重复）`);
  report.check(isHash(seal.commitment), 'seal-head', file, `${file} 的密数承诺不合规范`);
  const times = isTime(seal.sealed_at) && isTime(seal.open_by);
  report.check(times && seal.sealed_at < seal.open_by, 'seal-time', file, `${file} 的封存时间或开签期限不合规范`);
  if (seal.beacon === null) return;
  const form = hasKeys(seal.beacon, ['source', 'round', 'digits', 'due'])
    && isLine(seal.beacon.source) && isLine(seal.beacon.round) && isInteger(seal.beacon.digits, 1, 100) && isTime(seal.beacon.due);
  report.check(form, 'beacon', file, `${file} 的公共随机数约定不合规范`);
  // "A public event that has not happened yet": at sealing it must lie ahead.
  report.check(!form || !times || (seal.sealed_at <= seal.beacon.due && seal.beacon.due <= seal.open_by), 'beacon', file,
    `${file}：公共随机数的产生时间应在封存之后、开签期限之前`);
}

function checkRules(report, rules) {
  const file = 'seal.json';
  if (!report.check(hasKeys(rules, [...RULE_KEYS, ...ifPresent(rules, 'home')]), 'keys', file, '抽取规则的内容项不符合规定')) return;
  const { quotas, assignment } = rules;
  const form = Array.isArray(quotas) && quotas.length > 0
    && quotas.every((quota) => hasKeys(quota, ['stratum', 'count']) && isWord(quota.stratum) && isInteger(quota.count, 1));
  report.check(form, 'quotas', file, '应抽数不合规范');
  report.check(!form || firstUnsorted(quotas, (a, b) => compareUtf8(a.stratum, b.stratum)) < 0, 'quotas', file,
    '应抽数未按分层排序，或分层重复');
  report.check(isInteger(rules.batches, 1), 'batches', file, '批次数应为不小于 1 的整数');
  const known = ['per-subject', 'teams', 'none'].includes(assignment);
  report.check(known, 'rules', file, '派员方式不在规定之列');
  const [size, teams] = [rules.team_size, rules.teams];
  report.check(!known || (assignment === 'none' ? size === 0 : isInteger(size, 1)), 'rules', file, '每组人数不合规范');
  report.check(!known || (assignment === 'teams' ? isInteger(teams, 1) : teams === 0), 'rules', file, '检查组数不合规范');
  if (!Object.hasOwn(rules, 'home')) return;
  report.check(isWord(rules.home), 'home', file, '牵头科室不合规范');
  report.check(assignment !== 'none', 'home', file, '不抽取执法检查人员，不应有牵头科室');
}

/**
 * Form of the draw's seal.json.
 * @returns {any} the seal, or null after a problem
 */
export function checkSeal(report, files) {
  const file = 'seal.json';
  const before = report.count;
  const seal = readObject(report, files, file, SEAL_KEYS);
  if (!seal) return null;
  report.check(seal.protocol === 'MQ1', 'seal-head', file, 'seal.json 的协议不是 MQ1');
  report.check(isWord(seal.draw_id), 'seal-head', file, '抽取编号不合规范');
  for (const [key, title] of [['title', '标题'], ['organ', '机关名称'], ['scope', '任务范围']]) {
    report.check(isLine(seal[key]), 'seal-head', file, `${title}不合规范（可能含有看不见的字符）`);
  }
  checkCommon(report, file, seal);
  for (const key of ['subjects', 'inspectors', 'conflicts']) {
    const table = seal[key];
    const form = hasKeys(table, ['root', 'count']) && isHash(table.root) && isInteger(table.count, 0);
    report.check(form, 'keys', file, `${key} 的总指纹或行数不合规范`);
  }
  checkRules(report, seal.rules);
  return report.count === before ? seal : null;
}

/** Inspectors (status `in`) without conflict, for a row of `freeInspectors`. */
function checkSubjectFree(report, rules, row, inside, hit) {
  if (rules.assignment === 'per-subject') {
    report.check(inside - hit >= rules.team_size, 'too-few-free', 'subjects.tsv',
      `检查对象 ${row.id} 可派的执法检查人员只有 ${inside - hit} 人，不足每组 ${rules.team_size} 人`);
  } else if (rules.assignment === 'teams') {
    report.check(hit < rules.teams, 'team-conflicts', 'subjects.tsv',
      `检查对象 ${row.id} 须回避的执法检查人员有 ${hit} 人，不少于检查组数 ${rules.teams}，可能无组可派`);
  }
}

/**
 * How many `in` inspectors each subject may not meet.
 * @param {any} tables
 * @param {Map<string, Set<string>>} conflicts
 * @returns {(subject: string) => number}
 */
export function conflictCounter(tables, conflicts) {
  return (subject) => {
    let hit = 0;
    for (const inspector of conflicts.get(subject) || []) if (tables.inspectorOf.get(inspector).kind === 'in') hit += 1;
    return hit;
  };
}

/** E1 on top of step 2: is there somebody of the lead division for every team? */
function checkHome(report, rules, tables, conflicts) {
  const home = tables.inspectors.items.filter((row) => row.kind === 'in' && row.unit === rules.home);
  if (rules.assignment === 'teams') {
    report.check(home.length >= rules.teams, 'home-short', 'inspectors.tsv',
      `${rules.teams} 个检查组各须有一名牵头科室（${rules.home}）的人员，可派的只有 ${home.length} 人`);
    return home.length;
  }
  const strata = new Set(rules.quotas.map(({ stratum }) => stratum));
  for (const row of tables.subjects.items) {
    if (row.kind === 'out' || !strata.has(row.stratum)) continue;
    const barred = conflicts.get(row.id);
    report.check(home.some(({ id }) => !barred || !barred.has(id)), 'home-short', 'subjects.tsv',
      `检查对象 ${row.id} 没有牵头科室（${rules.home}）的人员可派`);
  }
  return home.length;
}

/**
 * Step 2: whether the draw could be sealed at all.
 * @param {import('./report.js').Report} report
 * @param {any} seal
 * @param {any} tables
 * @param {Map<string, Set<string>>} conflicts
 * @returns {boolean}
 */
export function checkSealable(report, seal, tables, conflicts) {
  const before = report.count;
  const { rules } = seal;
  const inside = tables.inspectors.items.filter((row) => row.kind === 'in').length;
  const counts = new Map(rules.quotas.map((quota) => [quota.stratum, 0]));
  const hits = conflictCounter(tables, conflicts);
  for (const row of tables.subjects.items) {
    if (row.kind === 'out' || !counts.has(row.stratum)) continue;
    if (row.kind === 'in') counts.set(row.stratum, counts.get(row.stratum) + 1);
    checkSubjectFree(report, rules, row, inside, hits(row.id));
  }
  for (const { stratum, count } of rules.quotas) {
    const most = counts.get(stratum);
    report.check(most >= count, 'quota-short', 'seal.json', `${stratumWord(stratum)}应抽 ${count} 家，可抽的只有 ${most} 家`);
  }
  if (rules.assignment === 'teams') {
    report.check(inside >= rules.teams * rules.team_size, 'teams-short', 'inspectors.tsv',
      `${rules.teams} 个检查组各 ${rules.team_size} 人，可派的只有 ${inside} 人`);
  }
  const lines = [textLine('可派的执法检查人员', `${inside} 人`)];
  if (rules.home) lines.push(textLine(`其中牵头科室 ${rules.home}`, `${checkHome(report, rules, tables, conflicts)} 人`));
  report.step('具备封存条件', '每个分层可抽的家数不少于应抽数，每个可能抽中的检查对象都有足够的不须回避的执法检查人员。', lines, before);
  return report.count === before;
}
