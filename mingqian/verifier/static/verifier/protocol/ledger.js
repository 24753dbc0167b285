/** ledger.json: entries, inclusion and consistency proofs, signed checkpoints (docs/ledger-format.md). */

import { canonicalize } from './canonical.js';
import { isHash, isInteger, isLine, isTime, isWord } from './grammar.js';
import { checkConsistency, checkInclusion, leafHash } from './merkle.js';
import { codeLine, textLine } from './report.js';
import { hasKeys, readObject } from './seal.js';
import { fromHex, sha256, toHex, utf8, webCrypto } from './sha256.js';

const FILE = 'ledger.json';
const ANCHOR_KEYS = ['step', 'number', 'index', 'entry', 'checkpoint', 'inclusion', 'consistency'];
const ENTRY_KEYS = ['actor', 'digest', 'rows', 'subject', 'time', 'verb'];
const STEP_WORDS = { seal: '封存', close: '截止献数', result: '开签', void: '作废' };
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/** Standard base64 in its one canonical form, or null. */
function decodeBase64(text) {
  if (!BASE64.test(text)) return null;
  const raw = atob(text);
  if (btoa(raw) !== text) return null;
  return Uint8Array.from(raw, (char) => char.charCodeAt(0));
}

/**
 * A C2SP verifier key, `NAME+HASH+BASE64`; the base64 part may hold plus signs itself.
 * @param {unknown} text
 * @returns {{name: string, hash: string, raw: Uint8Array} | null} `raw` is the 32-byte Ed25519 key
 */
export function parseKey(text) {
  const match = typeof text === 'string' ? /^([^\s+]+)\+([0-9a-f]{8})\+(.+)$/u.exec(text) : null;
  const key = match && decodeBase64(match[3]);
  if (!key || key.length !== 33 || key[0] !== 1 || !isLine(match[1])) return null;
  const named = new Uint8Array([...utf8(`${match[1]}\n`), ...key]);
  if (toHex(sha256(named).subarray(0, 4)) !== match[2]) return null;
  return { name: match[1], hash: match[2], raw: key.subarray(1) };
}

function parseSignature(line) {
  const match = /^\u2014 ([^\s+]+) (\S+)$/u.exec(line);
  const bytes = match && decodeBase64(match[2]);
  return bytes && bytes.length === 68 ? { name: match[1], hash: toHex(bytes.subarray(0, 4)), signature: bytes.subarray(4) } : null;
}

/**
 * A checkpoint: origin, size and root, and its signatures, all of them by `key`.
 * @returns {{size: number, root: string, text: string, signatures: Uint8Array[]} | null}
 */
export function parseCheckpoint(note, key) {
  const match = typeof note === 'string' ? /^([^\n]+)\n(0|[1-9][0-9]{0,15})\n([^\n]+)\n\n((?:[^\n]+\n)+)$/.exec(note) : null;
  if (!match || match[1] !== key.name) return null;
  const size = Number(match[2]);
  const root = decodeBase64(match[3]);
  const lines = match[4].slice(0, -1).split('\n').map(parseSignature);
  if (!Number.isSafeInteger(size) || !root || root.length !== 32 || lines.includes(null)) return null;
  // The format knows the log's own signature only: another line is one that nobody can check, so it is refused.
  if (!lines.every((line) => line.name === key.name && line.hash === key.hash)) return null;
  const signatures = lines.map((line) => line.signature);
  return { size, root: toHex(root), text: `${match[1]}\n${match[2]}\n${match[3]}\n`, signatures };
}

// A key that is surely good (RFC 8032, 7.1, test 1): tells a browser without Ed25519 from a key that is none.
const GOOD_KEY = 'd75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a';

/** The key for WebCrypto, or null. */
async function importKey(raw) {
  try {
    return await webCrypto().importKey('raw', raw, { name: 'Ed25519' }, false, ['verify']);
  } catch {
    return null;
  }
}

/** Notes a problem for each signature that does not hold; false where this browser cannot check any. */
async function checkSignatures(report, key, checkpoints) {
  if (!webCrypto() || !await importKey(fromHex(GOOD_KEY))) return false;
  const imported = await importKey(key.raw);
  if (!report.check(imported, 'ledger-key', FILE, '台账公钥不是有效的 Ed25519 公钥')) return true;
  const done = new Set();
  for (const { note, checkpoint } of checkpoints) {
    if (done.has(note)) continue;
    done.add(note);
    for (const signature of checkpoint.signatures) {
      const holds = await webCrypto().verify({ name: 'Ed25519' }, imported, signature, utf8(checkpoint.text));
      report.check(holds, 'ledger-signature', FILE, `台账检查点（第 ${checkpoint.size} 条处）的签名不对`);
    }
  }
  return true;
}

/** Step, time bounds and digest that the bundle asks of an anchor; `optional` for the closing of a void. */
function expected(part, step) {
  const { seal, opened, voided } = part;
  // An appointment (E3) has only a seal and a result, both from its sealing on.
  if (part.appointment) return { step, part, from: seal.sealed_at, until: null, digest: part.digests[step], optional: false };
  const times = {
    seal: [seal.sealed_at, opened ? opened.closed_at : voided && voided.voided_at],
    close: opened ? [opened.closed_at, opened.opened_at] : [null, voided && voided.voided_at],
    result: [opened && opened.opened_at, null],
    void: [voided && voided.voided_at, null],
  };
  return { step, part, from: times[step][0], until: times[step][1], digest: part.digests[step], optional: step === 'close' && !opened };
}

/**
 * The steps of this bundle in order.
 * @param {any[]} parts draw and supplements: number, seal, opened, voided, digests {seal, close, result, void} (null where not held)
 */
function stepsOf(parts) {
  return parts.flatMap((part) => ['seal', 'close', 'result', 'void'].filter((step) => part.digests[step]).map((step) => expected(part, step)));
}

function checkEntryForm(report, anchor, where) {
  const { entry } = anchor;
  const form = hasKeys(entry, ENTRY_KEYS) && isLine(entry.actor) && isHash(entry.digest) && isHash(entry.rows) && isLine(entry.subject)
    && isTime(entry.time) && isWord(entry.verb);
  return report.check(form, 'ledger-form', FILE, `${where}的台账记录不合规范`);
}

function checkAnchorForm(report, anchor, where) {
  const hashes = (list) => Array.isArray(list) && list.length <= 64 && list.every(isHash);
  const form = hasKeys(anchor, ANCHOR_KEYS) && Object.hasOwn(STEP_WORDS, anchor.step) && isInteger(anchor.number, 0)
    && isInteger(anchor.index, 0) && hashes(anchor.inclusion) && hashes(anchor.consistency);
  return report.check(form, 'ledger-form', FILE, `${where}不合规范`) && checkEntryForm(report, anchor, where);
}

/** Whether the anchor proves the step `want`: verb, subject, digest, time. */
function checkEntry(report, anchor, want, drawId, where) {
  const { entry } = anchor;
  const subject = `draw/${drawId}${want.part.number ? `/${want.part.number}` : ''}`;
  report.check(entry.verb === `draw.${want.step}`, 'ledger-entry', FILE, `${where}的动作不符`);
  report.check(entry.subject === subject, 'ledger-entry', FILE, `${where}记的不是本次抽取`);
  report.check(entry.digest === want.digest, 'ledger-entry', FILE, `${where}的数字指纹与本数据包不符`);
  const inTime = (!want.from || want.from <= entry.time) && (!want.until || entry.time <= want.until);
  report.check(inTime, 'ledger-time', FILE, `${where}的入账时间不在应有的先后之间`);
}

/** Which step of the bundle each anchor stands for: a prefix in order, only the closing of a void may be missing. */
function matchSteps(report, anchors, parts) {
  const steps = stepsOf(parts);
  const matched = [];
  let at = 0;
  for (const [index, anchor] of anchors.entries()) {
    const same = (want) => want && want.step === anchor.step && want.part.number === anchor.number;
    if (!same(steps[at]) && steps[at] && steps[at].optional) at += 1;
    if (!report.check(same(steps[at]), 'ledger-steps', FILE,
      `ledger.json 第 ${index + 1} 项与本数据包的步骤对不上：缺了一步、次序不对，或数据包不完整`)) return null;
    matched.push(steps[at]);
    at += 1;
  }
  while (steps[at] && steps[at].optional) at += 1;
  return { matched, complete: at === steps.length };
}

function checkProofs(report, anchor, checkpoint, last, next, where) {
  const leaf = leafHash(utf8(canonicalize(anchor.entry)));
  const { size, root } = checkpoint;
  report.check(anchor.index < size && (next === null || size <= next), 'ledger-order', FILE, `${where}没有在下一步之前写入检查点`);
  report.check(checkInclusion(leaf, anchor.index, size, anchor.inclusion, root), 'ledger-inclusion', FILE, `${where}的收录证明不成立`);
  report.check(checkConsistency(size, last.size, root, last.root, anchor.consistency), 'ledger-consistency', FILE,
    `${where}的前后一致证明不成立：台账可能被改写过`);
}

function checkKey(report, text, logKey) {
  const key = parseKey(text);
  if (!report.check(key, 'ledger-key', FILE, 'ledger.json 的台账公钥不合规范')) return null;
  if (logKey) report.check(text === logKey.trim(), 'ledger-key', FILE, 'ledger.json 的台账公钥与另行得到的公钥不同');
  return key;
}

function checkAnchors(report, ledger, key, parts, drawId) {
  const last = parseCheckpoint(ledger.checkpoint, key);
  if (!report.check(last, 'ledger-checkpoint', FILE, 'ledger.json 的最后检查点不合规范')) return null;
  const { anchors } = ledger;
  const titles = anchors.map((_, index) => `ledger.json 第 ${index + 1} 项`);
  if (!anchors.map((anchor, index) => checkAnchorForm(report, anchor, titles[index])).every(Boolean)) return null;
  const plan = matchSteps(report, anchors, parts);
  if (!plan) return null;
  const checkpoints = [{ note: ledger.checkpoint, checkpoint: last }];
  for (const [index, anchor] of anchors.entries()) {
    const where = `${titles[index]}（${anchor.number ? `补充抽取 ${anchor.number} ` : ''}${STEP_WORDS[anchor.step]}）`;
    checkEntry(report, anchor, plan.matched[index], drawId, where);
    const checkpoint = parseCheckpoint(anchor.checkpoint, key);
    if (!report.check(checkpoint, 'ledger-checkpoint', FILE, `${where}的检查点不合规范`)) continue;
    checkpoints.push({ note: anchor.checkpoint, checkpoint });
    checkProofs(report, anchor, checkpoint, last, index + 1 < anchors.length ? anchors[index + 1].index : null, where);
  }
  return { last, checkpoints, ...plan };
}

function describe(outcome) {
  const { upTo, size, complete, signed, keyGiven, key } = outcome;
  return [
    textLine('已在台账上证明到', `${upTo || '（没有任何一步）'}${complete ? '，即本数据包的全部步骤' : '，其后的步骤本文件没有证明'}`),
    textLine('台账条数', `${size} 条`),
    textLine('签名', signed ? '已核对，相符' : '此浏览器不能核对签名（缺少 Ed25519），请换用新版浏览器；其余内容已核对'),
    textLine('公钥', keyGiven ? '与另行得到的公钥相同' : '取自本文件，未与另行得到的公钥比对，不能说明它就是平台的公钥'),
    codeLine('公钥内容', key),
  ];
}

/**
 * Checks ledger.json against the steps that the bundle holds.
 * @param {import('./report.js').Report} report
 * @param {Map<string, Uint8Array>} files
 * @param {any[]} parts see `stepsOf`
 * @param {string} drawId
 * @param {string} logKey a verifier key got on another way, or empty
 * @returns {Promise<any>} how far the bundle is proved to be on the log, or null
 */
export async function checkLedger(report, files, parts, drawId, logKey) {
  const before = report.count;
  const explanation = '平台在每一步之前都把数字指纹记入只增不改的公开台账并签名。这里核对收录、先后与签名。';
  const outcome = await readLedger(report, files, parts, drawId, logKey);
  if (outcome && outcome.signed) report.step('台账证明', explanation, describe(outcome), before);
  else if (outcome && report.count === before) report.note('台账证明', explanation, describe(outcome), '签名未核');
  else report.step('台账证明', explanation, [], before);
  return report.count === before ? outcome : null;
}

async function readLedger(report, files, parts, drawId, logKey) {
  const ledger = readObject(report, files, FILE, ['format', 'key', 'checkpoint', 'anchors']);
  if (!ledger) return null;
  const form = ledger.format === 'mingqian-ledger-1' && Array.isArray(ledger.anchors);
  if (!report.check(form, 'ledger-form', FILE, 'ledger.json 的格式不是 mingqian-ledger-1')) return null;
  const key = checkKey(report, ledger.key, logKey);
  const chain = key && checkAnchors(report, ledger, key, parts, drawId);
  if (!chain) return null;
  const signed = await checkSignatures(report, key, chain.checkpoints);
  const lastStep = chain.matched[chain.matched.length - 1];
  const upTo = lastStep ? `${lastStep.part.number ? `补充抽取 ${lastStep.part.number} ` : ''}${STEP_WORDS[lastStep.step]}` : '';
  return {
    upTo, number: lastStep ? lastStep.part.number : null, step: lastStep ? lastStep.step : null,
    size: chain.last.size, complete: chain.complete, signed, keyGiven: Boolean(logKey), key: ledger.key,
  };
}
