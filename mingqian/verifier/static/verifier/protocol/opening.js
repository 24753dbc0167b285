/** reveal.json and void.json: what was said, when, whether the secret opens the commitment; receipts and seed. */

import { isContribution, isDigits, isHash, isLine, isTime } from './grammar.js';
import { codeLine, textLine } from './report.js';
import { readObject } from './seal.js';
import { digestHex } from './sha256.js';
import { beijing } from './words.js';

const REVEAL_KEYS = ['secret', 'contributions', 'beacon', 'closed_at', 'opened_at'];
const VOID_KEYS = ['protocol', 'draw_id', 'number', 'seal', 'reason', 'approver', 'voided_at', 'contributions', 'beacon', 'secret'];

/** What the commitment and the name of a seal are made of: the draw's id, for a supplement with its number. */
function commitmentText(drawId, number, secret) {
  return `MQ1/commit\n${drawId}${number ? `/${number}` : ''}\n${secret}`;
}

/** The secret opens the commitment, and has not been used before in this bundle. */
async function checkSecret(report, file, code, context, secret) {
  if (!report.check(isHash(secret), code, file, `${file} 的系统密数不合规范`)) return;
  const { seal, drawId, number, secrets } = context;
  const opened = await digestHex(commitmentText(drawId, number, secret)) === seal.commitment;
  report.check(opened, code, file, `${file} 公布的系统密数与封存时的密数承诺对不上`);
  report.check(!secrets.has(secret), 'secret-twice', file, `${file} 的系统密数在本数据包中已用过一次`);
  secrets.add(secret);
}

function checkBeacon(report, file, beacon, seal) {
  if (seal.beacon === null) {
    report.check(beacon === null, 'beacon-unnamed', file, `${file} 用了封存时没有约定的公共随机数`);
  } else {
    report.check(isDigits(beacon, seal.beacon.digits, seal.beacon.digits), 'beacon-value', file,
      `${file} 的公共随机数应正好是 ${seal.beacon.digits} 位数字`);
  }
}

function checkRevealTimes(report, file, reveal, seal) {
  const real = isTime(reveal.closed_at) && isTime(reveal.opened_at);
  const ordered = real && seal.sealed_at <= reveal.closed_at && reveal.closed_at <= reveal.opened_at;
  report.check(ordered, 'reveal-time', file, `${file} 的截止献数时间或开签时间不合规范（应为封存 ≤ 截止 ≤ 开签）`);
  if (!ordered || !seal.beacon) return;
  const { due } = seal.beacon;
  report.check(reveal.closed_at <= due && due <= reveal.opened_at, 'beacon-time', file,
    `${file}：献数应在公共随机数产生之前截止，开签应在其后`);
}

function isListOfContributions(value) {
  return Array.isArray(value) && value.every(isContribution);
}

/** The receipt that a witness took home (step 3). */
function receiptText(sealDigest, position, digits) {
  return `MQ1/receipt\n${sealDigest}\n${position}\n${digits}`;
}

/**
 * Receipts for the contributions made.
 * @returns {Promise<{witness: string, digits: string, receipt: string}[]>}
 */
async function receipts(context, contributions) {
  const out = [];
  for (const [index, digits] of contributions.entries()) {
    const receipt = await digestHex(receiptText(context.sealDigest, index + 1, digits));
    out.push({ witness: context.seal.witnesses[index], digits, receipt: receipt.slice(0, 16) });
  }
  return out;
}

/**
 * The text whose SHA-256 is the seed (step 4).
 * @returns {string}
 */
export function seedText(sealDigest, secret, contributions, beacon) {
  return ['MQ1/seed', sealDigest, secret, ...contributions, ...(beacon === null ? [] : [beacon])].join('\n');
}

function contributionLines(spoken) {
  return spoken.flatMap(({ witness, digits, receipt }, index) => [
    codeLine(`第 ${index + 1} 位 ${witness} 献数`, digits), codeLine('　回执', receipt),
  ]);
}

function noteLate(report, context, when) {
  const limit = context.seal.open_by;
  if (when > limit) report.notices.push(`${context.name}逾期：期限为 ${beijing(limit)}，实际为 ${beijing(when)}`);
}

/**
 * Reads and checks reveal.json.
 * @param {import('./report.js').Report} report
 * @param {Map<string, Uint8Array>} files
 * @param {any} context seal, sealDigest, drawId, number, name, prefix, secrets (used so far), `step` (closes a step)
 * @returns {Promise<any>} `{reveal, digest, seed, spoken}` or null
 */
export async function checkReveal(report, files, context) {
  const file = `${context.prefix}reveal.json`;
  const { seal, sealDigest } = context;
  const before = report.count;
  const reveal = readObject(report, files, file, REVEAL_KEYS);
  if (!reveal) return null;
  await checkSecret(report, file, 'commitment', context, reveal.secret);
  context.step('密数承诺', '系统在封存时先公布“密数承诺”（密数的数字指纹），开签时公布密数。两者对得上，说明密数没有换过。',
    [codeLine('封存时的承诺', seal.commitment), codeLine('公布的密数', reveal.secret)], before);
  const middle = report.count;
  const full = isListOfContributions(reveal.contributions) && reveal.contributions.length === seal.witnesses.length;
  report.check(full, 'contributions', file, `${file} 的献数不合规范（每位抽取监督人一个，10 至 100 位数字，至少四个不同数字）`);
  checkBeacon(report, file, reveal.beacon, seal);
  checkRevealTimes(report, file, reveal, seal);
  const spoken = full ? await receipts(context, reveal.contributions) : [];
  const lines = contributionLines(spoken);
  if (typeof reveal.beacon === 'string') lines.push(codeLine('公共随机数', reveal.beacon));
  context.step('献数与回执', '抽取监督人当场掷骰献数，手中的回执应与这里算出的相同。', lines, middle);
  if (report.count > before) return null;
  noteLate(report, context, reveal.opened_at);
  const seed = await digestHex(seedText(sealDigest, reveal.secret, reveal.contributions, reveal.beacon));
  context.step('总种子', '封存指纹、系统密数、各位献数（以及公共随机数）连在一起的数字指纹。任何一方都不能单独左右它，签号全由它算出。',
    [codeLine('总种子', seed)], before);
  return { reveal, seed, spoken, digest: await digestHex(files.get(file)) };
}

/**
 * Reads and checks void.json.
 * @returns {Promise<any>} `{voided, digest, spoken, seed}`; `seed` is what would have come, null where not everybody had spoken
 */
export async function checkVoid(report, files, context) {
  const file = `${context.prefix}void.json`;
  const { seal, sealDigest } = context;
  const before = report.count;
  const voided = readObject(report, files, file, VOID_KEYS);
  if (!voided) return null;
  const head = voided.protocol === 'MQ1' && voided.draw_id === context.drawId && voided.number === context.number
    && voided.seal === sealDigest;
  report.check(head, 'void-head', file, `${file} 的协议、抽取编号、序号或封存指纹不符`);
  report.check(isLine(voided.reason) && isLine(voided.approver), 'void-head', file, `${file} 的作废事由或批准人不合规范`);
  report.check(isTime(voided.voided_at) && voided.voided_at >= seal.sealed_at, 'void-time', file, `${file} 的作废时间不合规范`);
  const form = isListOfContributions(voided.contributions) && voided.contributions.length <= seal.witnesses.length;
  report.check(form, 'void-contributions', file, `${file} 的献数不合规范`);
  if (voided.beacon !== null) checkBeacon(report, file, voided.beacon, seal);
  await checkSecret(report, file, 'void-secret', context, voided.secret);
  const spoken = form ? await receipts(context, voided.contributions) : [];
  const lines = [textLine('事由', voided.reason), textLine('批准人', voided.approver)];
  if (isTime(voided.voided_at)) lines.push(textLine('作废时间', beijing(voided.voided_at)));
  lines.push(codeLine('公布的密数', voided.secret), ...contributionLines(spoken));
  context.step('作废', '作废也要公布密数，密数须与封存时的承诺对得上，这样人人都能算出原本会抽出什么。', lines, before, '相符（已作废）');
  if (report.count > before) return null;
  noteLate(report, context, voided.voided_at);
  const complete = voided.contributions.length === seal.witnesses.length && (!seal.beacon || voided.beacon !== null);
  const seed = complete ? await digestHex(seedText(sealDigest, voided.secret, voided.contributions, voided.beacon)) : null;
  return { voided, spoken, seed, digest: await digestHex(files.get(file)) };
}
