/** E3: an appointment, which is not by lot. It has a seal and a result; nothing is opened. */

import { canonicalize } from './canonical.js';
import { codeLine, textLine } from './report.js';
import { compareResult } from './result.js';
import { digestHex } from './sha256.js';
import { appoint, countWithoutJoining, inspectorCandidates, meets } from './supplement.js';
import { beijing, KIND_WORDS, NOT_BY_LOT } from './words.js';

/** Why somebody may not be appointed, or an empty text. */
function whyNot(standing, seal, tables) {
  const row = tables.inspectorOf.get(seal.appointed);
  if (!(row && row.kind === 'in') && !standing.joined.has(seal.appointed)) return '不是参加抽取的执法检查人员，也没有加入';
  if (standing.unavailable.has(seal.appointed)) return '已列为不能出勤';
  if (standing.teams.get(seal.subject).includes(seal.appointed)) return '已在该检查组中';
  if (meets(standing, seal.subject, seal.appointed)) return '与该检查对象须回避';
  const gone = standing.replacedAt.get(seal.subject);
  return gone && gone.has(seal.appointed) ? '在该检查对象处已被更换过' : '';
}

/** Whether this may be appointed at all: the lot goes first. */
function checkAllowed(report, file, model, seal) {
  const { standing, tables } = model;
  const team = standing.teams.get(seal.subject);
  if (!report.check(team, 'not-selected', file, `${file} 的检查对象 ${seal.subject} 此时不在抽中之列`)) return;
  if (seal.inspector === '') {
    report.check(model.seal.rules.assignment === 'none', 'appointment-place', file, `${file} 没有写明被更换的执法检查人员`);
  } else if (report.check(team.includes(seal.inspector), 'not-in-team', file,
    `${file} 的执法检查人员 ${seal.inspector} 不在该检查组中`)) {
    const lot = countWithoutJoining(inspectorCandidates(standing, seal, tables), seal);
    report.check(lot < 2, 'appointment-lot', file, `${file}：抽签的候选有 ${lot} 个，应当抽签，不能直接委派`);
  }
  const why = whyNot(standing, seal, tables);
  report.check(!why, 'appointed', file, `${file}：不能委派 ${seal.appointed}，${why}`);
}

/**
 * What came of an appointment, in a sentence.
 * @param {any} seal
 * @returns {string}
 */
export function appointmentWord(seal) {
  const what = seal.inspector ? `${seal.subject} 检查组中的 ${seal.inspector} 由 ${seal.appointed} 接替` : `${seal.appointed} 加入 ${seal.subject} 的检查组`;
  return `${what}，${NOT_BY_LOT}；理由：${seal.ground}；批准人：${seal.approver}`;
}

function resultText(seal, sealDigest) {
  return canonicalize({
    protocol: 'MQ1', draw_id: seal.draw_id, number: seal.number, seal: sealDigest, subject: seal.subject, inspector: seal.appointed,
    salt: seal.salt,
  });
}

/**
 * Checks an appointment over the standing that has learned its seal, and carries it out.
 * @param {import('./report.js').Report} report
 * @param {Map<string, Uint8Array>} files
 * @param {any} model of the draw
 * @param {any} seal
 * @param {any[]} lines of the step
 * @returns {Promise<any>} like what a lot gives, or null after a problem
 */
export async function checkAppointment(report, files, model, seal, lines) {
  const before = report.count;
  const prefix = `supplement-${seal.number}/`;
  for (const name of ['reveal.json', 'void.json']) {
    report.check(!files.has(prefix + name), 'files-appointment', prefix + name, `直接委派不抽签，不应有 ${prefix}${name}`);
  }
  checkAllowed(report, `${prefix}seal.json`, model, seal);
  if (report.count > before) return null;
  const sealDigest = await digestHex(files.get(`${prefix}seal.json`));
  lines.push(
    textLine('种类', `${KIND_WORDS.appointment}，不抽签`), textLine('结果', appointmentWord(seal)), textLine('事由代码', seal.reason),
    textLine('决定时间', beijing(seal.sealed_at)), codeLine('封存指纹', sealDigest),
  );
  const file = `${prefix}result.json`;
  if (!files.has(file)) return { seal, sealDigest };
  if (!compareResult(report, files, file, resultText(seal, sealDigest))) return null;
  appoint(model.standing, seal);
  const chosen = { subject: seal.subject, inspector: seal.appointed, ticket: '' };
  return { seal, sealDigest, chosen, digest: await digestHex(files.get(file)), time: seal.sealed_at };
}
