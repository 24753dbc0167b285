/** Steps 3 to 5 and voids: what witnesses commit to or speak, what the close fixes, what the opening lays open, and the seed. */

import { isContribution, isDigits, isHash, isLine, isName, isTime } from './grammar.js';
import { digest, isObject, keyed, parse } from './json.js';
import { check } from './refusal.js';
import { PROTOCOL } from './seal.js';

const CLOSE = ['protocol', 'draw_id', 'number', 'seal', 'contributions', 'closed_at'];
const REVEAL = ['protocol', 'draw_id', 'number', 'close', 'secret', 'contributions', 'beacon', 'opened_at'];
const VOID = ['protocol', 'draw_id', 'number', 'seal', 'close', 'secret', 'contributions', 'beacon', 'reason', 'approver', 'voided_at'];

export const commitmentOf = (drawId, number, secret) => digest(`MQ2/commit\n${drawId}/${number}\n${secret}`);
export const commitOf = (seal, position, digits, nonce) => digest(`MQ2/witness\n${seal}\n${position}\n${digits}\n${nonce}`);
export const receiptOf = (seal, position, digits) => digest(`MQ2/receipt\n${seal}\n${position}\n${digits}`).slice(0, 16);

/** What the seed is the digest of: everything laid open (step 5). */
export function seedText(seal, secret, given, beacon) {
  const told = given.map((one) => ('nonce' in one ? `${one.digits}/${one.nonce}` : one.digits));
  return ['MQ2/seed', seal, secret, ...told, ...(beacon === null ? [] : [beacon])].join('\n');
}

export const seedOf = (seal, secret, given, beacon) => digest(seedText(seal, secret, given, beacon));

/** What may occur once in a bundle only. */
export class Once {
  constructor() {
    this.commits = new Set();
    this.secrets = new Set();
  }

  commit(value) {
    check(!this.commits.has(value), 'a commit twice');
    this.commits.add(value);
  }

  secret(value) {
    check(!this.secrets.has(value), 'a secret, nonce or salt twice');
    this.secrets.add(value);
  }
}

/** A lot that is only sealed so far. */
export function newLot(seal) {
  return {
    seal, state: 'sealed', closed: null, closedAt: '', close: '', known: seal.witnesses.map(() => null), secret: '', beacon: null, seed: '',
    endedAt: null, last: seal.digest, reveal: '', reason: '', approver: '',
  };
}

const has = (value, ...keys) => Object.keys(value).length === keys.length && keys.every((key) => Object.hasOwn(value, key));

function isShaped(value, closing = false) {
  if (!isObject(value)) return false;
  if (has(value, 'commit')) return isHash(value.commit);
  if (has(value, 'digits')) return isContribution(value.digits);
  return !closing && has(value, 'digits', 'nonce') && isContribution(value.digits) && isHash(value.nonce);
}

const isHead = (row, seal) => row.protocol === PROTOCOL && row.draw_id === seal.drawId && row.number === seal.number;

export function readClose(lot, bytes, name, once) {
  const row = keyed(parse(bytes, name), CLOSE, `${name}: keys`);
  const { seal } = lot;
  check(isHead(row, seal) && row.seal === seal.digest, 'close head');
  const given = row.contributions;
  check(Array.isArray(given) && given.length === seal.witnesses.length && given.every((one) => isShaped(one, true)), 'close contributions');
  check(isTime(row.closed_at) && row.closed_at >= seal.sealedAt, 'closed_at');
  check(seal.beacon === null || row.closed_at <= seal.beacon.due, 'closed after the beacon');
  for (const one of given) if ('commit' in one) once.commit(one.commit);
  Object.assign(lot, { closed: given, known: [...given], closedAt: row.closed_at, state: 'closed', close: digest(bytes), last: digest(bytes) });
}

/** Whether what is given now is what the close has, or opens its commit. */
export function opens(seal, position, closed, given) {
  if ('commit' in closed && 'nonce' in given) return commitOf(seal, position, given.digits, given.nonce) === closed.commit;
  return JSON.stringify(given) === JSON.stringify(closed);
}

function checkMatch(lot, given, file) {
  lot.closed.forEach((closed, i) => {
    check(given[i] !== null && opens(lot.seal.digest, i + 1, closed, given[i]), `${file}: contribution ${i + 1} is not that of close.json`);
  });
}

/** Whether the seed follows from what is known. */
export const isRevealed = (seal, known, beacon) => known.every((one) => one !== null && 'digits' in one) && (seal.beacon === null || beacon !== null);

function checkBeacon(value, seal, reason) {
  check(value === null || (seal.beacon !== null && isDigits(value, seal.beacon.digits, seal.beacon.digits)), reason);
}

function takeSecret(lot, secret, file, once) {
  const { seal } = lot;
  check(isHash(secret) && commitmentOf(seal.drawId, seal.number, secret) === seal.commitment, `${file}: the secret does not open the commitment`);
  lot.secret = secret;
  once.secret(secret);
}

const noteNonces = (given, once) => given.forEach((one) => { if (one !== null && 'nonce' in one) once.secret(one.nonce); });

export function readReveal(lot, bytes, name, once) {
  const row = keyed(parse(bytes, name), REVEAL, `${name}: keys`);
  const { seal } = lot;
  check(isHead(row, seal) && row.close === lot.close, 'reveal head');
  takeSecret(lot, row.secret, 'reveal', once);
  const given = row.contributions;
  check(Array.isArray(given) && given.length === seal.witnesses.length && given.every((one) => isShaped(one)), 'reveal contributions');
  checkMatch(lot, given, 'reveal');
  checkBeacon(row.beacon, seal, 'reveal beacon');
  check(isRevealed(seal, given, row.beacon), 'something is not revealed');
  check(isTime(row.opened_at) && row.opened_at >= lot.closedAt, 'opened_at');
  check(seal.beacon === null || seal.beacon.due <= row.opened_at, 'opened before the beacon');
  noteNonces(given, once);
  const seed = seedOf(seal.digest, lot.secret, given, row.beacon);
  Object.assign(lot, { known: given, beacon: row.beacon, endedAt: row.opened_at, state: 'revealed', seed, reveal: digest(bytes), last: digest(bytes) });
}

export function readVoid(lot, bytes, name, once) {
  const row = keyed(parse(bytes, name), VOID, `${name}: keys`);
  const { seal } = lot;
  const closed = lot.closed !== null;
  check(isHead(row, seal) && row.seal === seal.digest && row.close === (closed ? lot.close : null), 'void head');
  takeSecret(lot, row.secret, 'void', once);
  const given = row.contributions;
  check(Array.isArray(given) && given.length === seal.witnesses.length && given.every((one) => one === null || isShaped(one)), 'void contributions');
  const told = isLine(row.reason) && isName(row.approver) && isTime(row.voided_at);
  check(told && row.voided_at >= (closed ? lot.closedAt : seal.sealedAt), 'void');
  if (closed) {
    checkMatch(lot, given, 'void');
    checkBeacon(row.beacon, seal, 'void beacon');
    check(row.beacon === null || row.voided_at >= seal.beacon.due, "void: the beacon's value before it is due");
  } else {
    check(!given.some((one) => one !== null && 'nonce' in one), 'void: opened before closing');
    check(row.beacon === null, 'void beacon');
    for (const one of given) if (one !== null && 'commit' in one) once.commit(one.commit);
  }
  check(!isRevealed(seal, given, row.beacon), 'void: everything is revealed, the outcome stands');
  noteNonces(given, once);
  Object.assign(lot, { known: given, beacon: row.beacon, endedAt: row.voided_at, state: 'void', last: digest(bytes), reason: row.reason, approver: row.approver });
}
