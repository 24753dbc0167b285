/** Form of a supplement's seal.json, by lot or an appointment (E3), and who joins with it (E2). */

import { comparePairs, compareUtf8, firstUnsorted, isHash, isInteger, isLine, isTime, isWord } from './grammar.js';
import { checkCommon, hasKeys, ifPresent, readObject } from './seal.js';

const HEAD_KEYS = ['protocol', 'draw_id', 'number', 'previous', 'kind', 'subject', 'inspector', 'reason', 'conflicts', 'unavailable',
  'sealed_at'];
const LOT_KEYS = [...HEAD_KEYS, 'witnesses', 'open_by', 'beacon', 'commitment'];
const APPOINTMENT_KEYS = [...HEAD_KEYS, 'appointed', 'ground', 'approver', 'salt'];
const KINDS = ['inspector', 'exchange', 'subject', 'appointment'];

function keysOf(seal) {
  const kind = seal && seal.kind;
  const keys = kind === 'appointment' ? APPOINTMENT_KEYS : LOT_KEYS;
  return kind === 'inspector' || kind === 'appointment' ? [...keys, ...ifPresent(seal, 'joining')] : keys;
}

function isSortedList(value, test, compare) {
  return Array.isArray(value) && value.every(test) && firstUnsorted(value, compare) < 0;
}

function isJoiner(pair) {
  return Array.isArray(pair) && pair.length === 2 && pair.every(isWord);
}

/** E2: nobody known joins, save who was out at the seal, with the unit he had then; to a lot nobody of a unit that the table holds. */
function checkJoiner(report, file, seal, draw, units, [id, unit]) {
  const row = draw.tables.inspectorOf.get(id);
  if (!report.check(!draw.standing.joined.has(id) && !(row && row.kind === 'in'), 'joining-known', file,
    `${file}：${id} 已在名册中或早已加入，不能再加入；名册中只有“不参加抽取”的人员可以加入`)) return;
  if (row) {
    report.check(row.unit === unit, 'joining-unit-sealed', file, `${file}：${id} 在名册中属于 ${row.unit}，加入时写成了 ${unit}`);
  } else if (seal.kind === 'inspector') {
    report.check(!units.has(unit), 'joining-unit', file, `${file}：${id} 所属的 ${unit} 在名册中已有，加入的应是其他科室的人员`);
  }
}

/** E2: form, and who may join; with an appointment just the appointed. */
function checkJoining(report, file, seal, draw) {
  const { joining } = seal;
  if (joining === undefined) return [];
  const form = hasKeys(joining, ['inspectors', 'ground', 'approver']) && isLine(joining.ground) && isLine(joining.approver)
    && isSortedList(joining.inspectors, isJoiner, (a, b) => compareUtf8(a[0], b[0])) && joining.inspectors.length > 0;
  if (!report.check(form, 'joining', file, `${file} 中封存之后加入的执法检查人员不合规范（至少一人，按编号排序，写明理由和批准人）`)) return [];
  const units = new Set(draw.tables.inspectors.items.map((row) => row.unit));
  for (const pair of joining.inspectors) checkJoiner(report, file, seal, draw, units, pair);
  if (seal.kind === 'appointment') {
    report.check(joining.inspectors.length === 1 && joining.inspectors[0][0] === seal.appointed, 'joining-appointed', file,
      `${file}：随直接委派加入的只能是被委派的一人`);
  }
  return joining.inspectors;
}

/** E3: what only an appointment has. A salt that was used before, as salt or secret, would hide nothing. */
function checkAppointment(report, file, seal, secrets) {
  report.check(isTime(seal.sealed_at), 'seal-time', file, `${file} 的封存时间不合规范`);
  report.check(isLine(seal.ground) && isLine(seal.approver), 'appointment-ground', file, `${file} 的委派理由或批准人不合规范`);
  report.check(isWord(seal.appointed), 'appointed', file, `${file} 被委派的执法检查人员不合规范`);
  if (!report.check(isHash(seal.salt), 'salt', file, `${file} 的随机值（salt）不合规范（应为 64 位小写十六进制字符）`)) return;
  report.check(!secrets.has(seal.salt), 'salt-twice', file, `${file} 的随机值（salt）在本数据包中已用过一次`);
  secrets.add(seal.salt);
}

/** Who is replaced: a member of a team, nobody where a subject is, either in an appointment. */
function isReplaced(seal, known) {
  if (seal.kind === 'subject') return seal.inspector === '';
  return known(seal.inspector) || (seal.kind === 'appointment' && seal.inspector === '');
}

/**
 * Form of a supplement's seal.json, and that the ids in it are known; whether it fits the draw is for the caller.
 * @param {import('./report.js').Report} report
 * @param {Map<string, Uint8Array>} files
 * @param {number} number
 * @param {any} draw the model of the draw, with `standing` as it is before this supplement
 * @returns {any} the seal, or null after a problem
 */
export function checkSupplementSeal(report, files, number, draw) {
  const file = `supplement-${number}/seal.json`;
  const before = report.count;
  const seal = readObject(report, files, file, keysOf);
  if (!seal) return null;
  const head = seal.protocol === 'MQ1' && seal.draw_id === draw.seal.draw_id && isInteger(seal.number, 1)
    && seal.number === number && isHash(seal.previous);
  report.check(head, 'supplement-head', file, `${file} 的协议、抽取编号或序号不符`);
  report.check(isWord(seal.reason), 'supplement-reason', file, `${file} 的事由代码不合规范`);
  if (seal.kind === 'appointment') checkAppointment(report, file, seal, draw.secrets);
  else checkCommon(report, file, seal);
  const joiners = new Set(checkJoining(report, file, seal, draw).map(([id]) => id));
  const { subjectOf, inspectorOf } = draw.tables;
  const known = (id) => inspectorOf.has(id) || draw.standing.joined.has(id) || joiners.has(id);
  const isPair = (pair) => Array.isArray(pair) && pair.length === 2 && subjectOf.has(pair[0]) && known(pair[1]);
  report.check(isSortedList(seal.conflicts, isPair, comparePairs), 'supplement-ids', file,
    `${file} 新增回避关系的编号不在名册中、未排序或重复`);
  report.check(isSortedList(seal.unavailable, known, compareUtf8), 'supplement-ids', file,
    `${file} 不能出勤人员的编号不在名册中、未排序或重复`);
  report.check(KINDS.includes(seal.kind), 'supplement-kind', file, `${file} 的变更种类不在规定之列`);
  report.check(subjectOf.has(seal.subject), 'supplement-ids', file, `${file} 的检查对象不在名册中`);
  report.check(isReplaced(seal, known), 'supplement-ids', file, `${file} 的执法检查人员不在名册中，或不应填写`);
  return report.count === before ? seal : null;
}
