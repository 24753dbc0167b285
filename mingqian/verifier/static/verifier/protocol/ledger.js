/** `ledger.json`: that the steps of a bundle were on the public log in time, that there are no others, and who else saw it. */

import { checkConsistency, checkInclusion, leafHash } from './merkle.js';
import { isHash, isInteger, isLine, isTime, secondsOf } from './grammar.js';
import { canonical, keyed, parse } from './json.js';
import { checkSigned, COSIGNER, cosignedAt, LOG, readCheckpoint, readKey, readNote } from './notes.js';
import { check } from './refusal.js';

const KEYS = ['format', 'key', 'checkpoint', 'tip', 'anchors'];
const ANCHOR = ['step', 'number', 'index', 'entry', 'checkpoint', 'inclusion', 'consistency'];
const ENTRY = ['actor', 'digest', 'rows', 'subject', 'time', 'verb'];
const STEPS = ['seal', 'close', 'result', 'void'];
const NUMBER = /^(0|[1-9][0-9]{0,15})$/;
const EMPTY = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';

/** Refuses keys that are none, and a `k` that is none; returns cosigners by public key, and how many are wanted. */
export function readGiven(options) {
  if (options.log_key !== undefined && options.log_key !== null) readKey(options.log_key, LOG);
  const keys = new Map();
  for (const text of options.witnesses ?? []) {
    const key = readKey(text, COSIGNER);
    keys.set(key.public, [...(keys.get(key.public) ?? []), key]);
  }
  const told = options.need;
  if (told !== undefined && told !== null) {
    check(isInteger(told, 1, keys.size), 'k is not 1 to the number of cosigners');
    return { keys, need: told };
  }
  return { keys, need: keys.size ? Math.floor(keys.size / 2) + 1 : 0 };
}

/** When each cosigner signed a checkpoint, by public key. */
function timesOf({ keys }, { note }) {
  const found = new Map();
  for (const [name, names] of keys) {
    const stamps = names.map((key) => cosignedAt(note, key)).filter((at) => at !== null);
    if (stamps.length) found.set(name, stamps);
  }
  return found;
}

const least = (stamps) => stamps.reduce((one, other) => (other < one ? other : one));

function checkProof(value) {
  check(Array.isArray(value) && value.length <= 128 && value.every(isHash), 'proof');
  return value;
}

function checkEntry(entry, step, { seal }) {
  keyed(entry, ENTRY, 'ledger: entry');
  const sound = isLine(entry.actor) && isLine(entry.subject) && typeof entry.verb === 'string' && isHash(entry.digest) && isHash(entry.rows);
  check(sound && isTime(entry.time), 'ledger: entry');
  const subject = `draw/${seal.scope}/${seal.attempt}${step.number ? `/${step.number}` : ''}`;
  check(entry.subject === subject && entry.verb === `draw.${step.step}` && entry.digest === step.digest, 'ledger: entry of something else');
}

function checkAnchors(anchors, bundle) {
  const reason = 'ledger: anchors are not the steps of the bundle';
  check(Array.isArray(anchors) && anchors.length === bundle.steps.length, reason);
  for (const anchor of anchors) keyed(anchor, ANCHOR, reason);
  anchors.forEach((anchor, i) => {
    const step = bundle.steps[i];
    const same = anchor.step === step.step && anchor.number === step.number;
    check(same && isInteger(anchor.index, 0, Number.MAX_SAFE_INTEGER), 'ledger: step');
    checkEntry(anchor.entry, step, bundle);
    const late = secondsOf(anchor.entry.time) - secondsOf(step.time);
    check(late >= 0 && late <= 60, `ledger: ${step.step} ${step.number} was not on the log in time`);
    const older = i > 0 && anchors[i - 1].entry.time > anchor.entry.time;
    check(!older, `ledger: the entry of ${step.step} ${step.number} is older than the one before`);
  });
}

function checkOrder(anchors, points, last) {
  anchors.forEach(({ index }, i) => {
    check(index < points[i].size, 'ledger: order');
    check(points[i].size <= (i + 1 < anchors.length ? anchors[i + 1].index : last.size), 'ledger: order');
  });
}

function checkProofs(anchor, point, last) {
  const [inclusion, consistency] = [checkProof(anchor.inclusion), checkProof(anchor.consistency)];
  check(checkInclusion(leafHash(canonical(anchor.entry)), anchor.index, point.size, inclusion, point.root), 'ledger: inclusion');
  check(checkConsistency(point.size, last.size, point.root, last.root, consistency), 'ledger: consistency');
}

function readTip(text, key, { seal }, last) {
  const note = readNote(text);
  const lines = note.body.split('\n').slice(0, -1);
  check(lines.length === 11, 'ledger: tip');
  const told = [3, 4, 5, 8, 9, 10].map((place) => lines[place]);
  const head = lines[0] === 'mingqian.tip/v4' && lines[1] === key.name && lines[2] === `draw/${seal.scope}`;
  check(head && told.every((one) => NUMBER.test(one) && Number.isSafeInteger(Number(one))) && Number(lines[8]) === last.size, 'ledger: tip');
  checkSigned(note, key);
  const [entries, attempt, number, , ofLast, seals] = told.map(Number);
  return { entries, attempt, number, step: lines[6], digest: lines[7], ofLast, seals };
}

function checkTip(tip, { seal, steps, lot }, last) {
  check(tip.entries <= last.size, 'ledger: the tip counts more entries than the log has');
  const { attempt } = seal;
  const others = tip.entries - steps.length;
  if (tip.attempt === attempt) {
    const end = steps[steps.length - 1];
    check(tip.number === end.number && tip.step === end.step && tip.digest === end.digest, 'ledger: the tip names another last step');
    const fits = others >= 2 * (attempt - 1) && others <= 3 * (attempt - 1);
    check(fits, 'ledger: the scope has other entries than those of this bundle and of the voided attempts before it');
    check(tip.ofLast === steps.length, 'ledger: the attempt has other entries than those of this bundle');
  } else {
    const later = tip.attempt > attempt && tip.attempt <= 1000000000 && lot.state === 'void';
    check(later, 'ledger: a later attempt, though this one was not voided');
    check(tip.number <= 999 && STEPS.includes(tip.step) && isHash(tip.digest), "ledger: the tip's last step");
    const between = tip.attempt - 2;
    const rest = others - tip.ofLast;
    const fits = tip.ofLast >= 1 && rest >= 2 * between && rest <= 3 * between;
    check(fits, 'ledger: the scope has other entries than its attempts need');
  }
  check(tip.seals === tip.attempt, 'ledger: the scope has other seals than attempts');
}

function readKept([text, proof], key, last) {
  const kept = readCheckpoint(text, key);
  const path = proof === null || proof === undefined ? null : checkProof(proof);
  const words = `ledger: the kept checkpoint of size ${kept.size} is of another log`;
  if (kept.size === last.size) {
    check((path === null || !path.length) && kept.root === last.root, words);
    return [kept.size, true];
  }
  if (path === null) return [kept.size, false];
  const [one, other] = kept.size < last.size ? [kept, last] : [last, kept];
  const holds = one.size === 0 ? !path.length && one.root === EMPTY : checkConsistency(one.size, other.size, one.root, other.root, path);
  check(holds, words);
  return [kept.size, true];
}

/** By lot: whether cosigners prove that the close, or the void, was on the log before the beacon was due. */
function provedBy(bundle, onPoints, need) {
  const proved = { close: new Map(), void: new Map() };
  const lots = new Map(bundle.lots.map((lot) => [lot.seal.number, lot]));
  bundle.steps.forEach(({ step, number }, i) => {
    const beacon = lots.get(number)?.seal.beacon;
    if (!beacon || need < 1 || (step !== 'close' && step !== 'void')) return;
    const due = BigInt(secondsOf(beacon.due));
    proved[step].set(number, [...onPoints[i].values()].filter((stamps) => least(stamps) < due).length >= need);
  });
  return proved;
}

/** Holds `ledger.json` against the bundle; refused where it is not sound. */
export function readLedger(bytes, bundle, options) {
  const cosigners = readGiven(options);
  const row = keyed(parse(bytes, 'ledger.json'), KEYS, 'ledger.json: keys');
  check(row.format === 'mingqian-ledger-3', 'ledger: format');
  const key = readKey(row.key, LOG);
  const confirmed = options.log_key !== undefined && options.log_key !== null;
  check(!confirmed || options.log_key === row.key, 'ledger: another key');
  check(!cosigners.keys.has(key.public), "ledger: the log's own key is given as a cosigner's");
  const last = readCheckpoint(row.checkpoint, key);
  checkAnchors(row.anchors, bundle);
  const points = row.anchors.map((anchor) => readCheckpoint(anchor.checkpoint, key));
  checkOrder(row.anchors, points, last);
  row.anchors.forEach((anchor, i) => checkProofs(anchor, points[i], last));
  const tip = readTip(row.tip, key, bundle, last);
  checkTip(tip, bundle, last);
  const { need } = cosigners;
  const times = timesOf(cosigners, last);
  const onPoints = points.map((point) => timesOf(cosigners, point));
  const near = ({ entry }, on) => {
    const at = BigInt(secondsOf(entry.time));
    return [...on.values()].filter((stamps) => stamps.some((one) => one >= at - 300n && one <= at + 3600n)).length >= need;
  };
  const cosigned = times.size >= need && row.anchors.every((anchor, i) => near(anchor, onPoints[i]));
  const asOf = [...times.values()].map(least).sort((one, other) => (one < other ? 1 : one > other ? -1 : 0));
  const told = {
    key: row.key, confirmed, size: last.size, entries: tip.entries, last: [tip.attempt, tip.number, tip.step], cosigners: times.size, cosigned,
    as_of: need >= 1 && need <= asOf.length ? asOf[need - 1] : null, kept: (options.kept ?? []).map((one) => readKept(one, key, last)),
  };
  return { told, complete: confirmed && cosigned, proved: confirmed ? provedBy(bundle, onPoints, need) : { close: new Map(), void: new Map() } };
}

