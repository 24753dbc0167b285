/** All supplements of a draw, one after another. */

import { appointmentWord, checkAppointment } from './appointment.js';
import { checkReveal, checkVoid } from './opening.js';
import { codeLine, textLine } from './report.js';
import { compareResult } from './result.js';
import { digestHex } from './sha256.js';
import { carryOut, chooseCandidate, findCandidates, learn, supplementResultText } from './supplement.js';
import { checkSupplementSeal } from './supplement-seal.js';
import { beijing, KIND_WORDS, NOT_BY_LOT } from './words.js';

function checkPlace(report, file, seal, draw, last) {
  report.check(seal.previous === last.digest, 'supplement-previous', file, `${file} 所接的上一步结果指纹不符`);
  report.check(seal.kind === 'appointment' || seal.witnesses.length >= draw.seal.witnesses.length, 'supplement-witnesses', file,
    `${file} 的抽取监督人少于原抽取（${draw.seal.witnesses.length} 名）`);
  report.check(seal.sealed_at >= last.time, 'supplement-time', file, `${file} 的封存时间早于上一步`);
}

function describe(seal, candidates) {
  const replaced = seal.kind === 'subject' ? seal.subject : `${seal.subject} 检查组中的 ${seal.inspector}`;
  const lines = [
    textLine('种类', KIND_WORDS[seal.kind]), textLine('被更换', replaced), textLine('事由代码', seal.reason),
    textLine('封存时间', beijing(seal.sealed_at)), textLine('候选', `${candidates.length} 个`),
  ];
  return lines.concat(foundLines(seal));
}

/** Who joined, and what was found since the draw was sealed. */
function foundLines(seal) {
  const lines = [];
  if (seal.joining) {
    const { inspectors, ground, approver } = seal.joining;
    const joined = inspectors.map(([id, unit]) => `${id}（${unit}）`).join('、');
    lines.push(textLine('封存之后加入', `${joined}；理由：${ground}；批准人：${approver}`));
  }
  if (seal.conflicts.length) lines.push(textLine('新增回避关系', seal.conflicts.map((pair) => pair.join('—')).join('，')));
  if (seal.unavailable.length) lines.push(textLine('不能出勤', seal.unavailable.join('、')));
  return lines;
}

function outcomeWord(seal, chosen) {
  const words = {
    inspector: `${seal.subject} 检查组中的 ${seal.inspector} 由 ${chosen.inspector} 接替`,
    exchange: `${seal.subject} 检查组中的 ${seal.inspector} 与 ${chosen.subject} 检查组中的 ${chosen.inspector} 互换`,
    subject: `${seal.subject} 由 ${chosen.subject} 顶替`,
  };
  return words[seal.kind];
}

/** Opens a supplement: seed, candidate with the smallest ticket, result byte for byte. */
async function openSupplement(report, files, context, candidates, standing, lines) {
  const { seal, prefix } = context;
  const opened = await checkReveal(report, files, context);
  if (!opened) return {};
  const file = `${prefix}result.json`;
  if (!files.has(file)) return { opened };
  const chosen = chooseCandidate(candidates, opened.seed);
  lines.push(textLine('结果', outcomeWord(seal, chosen)), codeLine('当选签号', chosen.ticket));
  const text = supplementResultText(seal, context.sealDigest, opened.digest, opened.seed, candidates, chosen);
  if (!compareResult(report, files, file, text)) return { opened };
  carryOut(standing, seal, chosen);
  const digest = await digestHex(files.get(file));
  return { opened, chosen, digest, time: opened.reveal.opened_at };
}

function record(number, stage, seal, candidates, outcome) {
  const { opened, voided, chosen } = outcome;
  return {
    number, state: stage, kind: seal.kind, reason: seal.reason, subject: seal.subject, inspector: seal.inspector,
    conflicts: seal.conflicts, unavailable: seal.unavailable, candidates: candidates.length, outcome: chosen || null,
    sealed_at: seal.sealed_at, open_by: seal.open_by, opened_at: opened ? opened.reveal.opened_at : null,
    voided_at: voided ? voided.voided.voided_at : null, void_reason: voided ? voided.voided.reason : null,
    spoken: (opened || voided || { spoken: [] }).spoken, joining: seal.joining || null,
  };
}

/** An appointment in the list of supplements: nobody spoke, nothing was opened. */
function appointmentRecord(number, seal, outcome) {
  return {
    number, state: outcome.chosen ? 'appointed' : 'pending', kind: seal.kind, reason: seal.reason, subject: seal.subject,
    inspector: seal.inspector, conflicts: seal.conflicts, unavailable: seal.unavailable, candidates: null, outcome: outcome.chosen || null,
    sealed_at: seal.sealed_at, open_by: null, opened_at: null, voided_at: null, void_reason: null, spoken: [], joining: seal.joining || null,
    appointed: seal.appointed, ground: seal.ground, approver: seal.approver,
  };
}

async function checkOne(report, files, model, number, stage, last, lines) {
  const prefix = `supplement-${number}/`;
  const file = `${prefix}seal.json`;
  const seal = checkSupplementSeal(report, files, number, model);
  if (!seal) return null;
  checkPlace(report, file, seal, model, last);
  learn(model.standing, seal);
  if (seal.kind === 'appointment') {
    const outcome = await checkAppointment(report, files, model, seal, lines);
    if (!outcome) return null;
    lines.push(...foundLines(seal));
    model.supplements.push(appointmentRecord(number, seal, outcome));
    return outcome;
  }
  if (!report.check(stage !== 'opened' || files.has(`${prefix}reveal.json`), 'files', `${prefix}reveal.json`,
    `有结果却缺少 ${prefix}reveal.json（开签文件）`)) return null;
  const candidates = findCandidates(report, file, model.standing, seal, model.tables);
  if (!candidates) return null;
  lines.push(...describe(seal, candidates));
  const sealDigest = await digestHex(files.get(file));
  lines.push(codeLine('封存指纹', sealDigest));
  const context = {
    seal, sealDigest, drawId: seal.draw_id, number, name: `补充抽取 ${number}`, prefix, secrets: model.secrets,
    step: (title, explanation, value) => lines.push(...value),
  };
  let outcome = {};
  if (stage === 'void') {
    const voided = await checkVoid(report, files, context);
    outcome = voided ? { voided, digest: voided.digest, time: voided.voided.voided_at } : {};
  } else if (files.has(`${prefix}reveal.json`)) {
    outcome = await openSupplement(report, files, context, candidates, model.standing, lines);
  }
  model.supplements.push(record(number, stage, seal, candidates, outcome));
  return { seal, sealDigest, ...outcome };
}

/** The rule is told once, what came of it every time. */
function explain(outcome, stage, number) {
  const rule = number === 1 ? '开签后的变更也要重新封存、重新献数、重新抽签，候选不少于两个。' : '';
  if (outcome && outcome.seal.kind === 'appointment') return `${outcome.chosen ? '' : '还没有结果：'}${appointmentWord(outcome.seal)}。`;
  if (outcome && outcome.chosen) return `${outcomeWord(outcome.seal, outcome.chosen)}。${rule}`;
  return stage === 'void' ? `这一次已作废，检查组没有变更。${rule}` : rule;
}

/**
 * @param {import('./report.js').Report} report
 * @param {Map<string, Uint8Array>} files
 * @param {any} model of the draw; gets `standing` and `supplements`
 * @param {string[]} stages
 * @param {{digest: string, time: string}} draw the draw's result
 * @returns {Promise<any[]>} what each supplement gave, for the ledger
 */
export async function checkSupplements(report, files, model, stages, draw) {
  const outcomes = [];
  let last = draw;
  for (let number = 1; number < stages.length; number += 1) {
    const before = report.count;
    const stage = stages[number];
    const lines = [];
    const outcome = await checkOne(report, files, model, number, stage, last, lines);
    const title = outcome && outcome.seal.kind === 'appointment' ? `补充 ${number}：${NOT_BY_LOT}`
      : `补充抽取 ${number}${outcome ? `：${KIND_WORDS[outcome.seal.kind]}` : ''}`;
    const explanation = explain(outcome, stage, number);
    if (report.count > before || stage !== 'pending') report.step(title, explanation, lines, before, stage === 'void' ? '相符（已作废）' : '相符');
    else report.note(title, explanation, lines, outcome && outcome.seal.kind === 'appointment' ? '待完成' : '待开签');
    if (report.count > before) break;
    outcomes.push({ number, ...outcome });
    last = outcome;
    await report.pause(number, stages.length);
  }
  return outcomes;
}
