/** Supplements: facts, with whom they let join; appointments; the seals of later lots. */

import { checkChanges, KINDS, sheetOf } from './changes.js';
import { compareAll, isHash, isLine, isName, isTime, isWord } from './grammar.js';
import { isObject, keyed } from './json.js';
import { check } from './refusal.js';
import { lotOf, PROTOCOL } from './seal.js';
import { placeKey } from './state.js';

const HEAD = ['protocol', 'draw_id', 'number', 'previous', 'kind', 'sealed_at'];
const LOT = ['changes', 'open_by', 'witnesses', 'beacon', 'commitment'];
const KEYS = {
  facts: ['conflicts', 'absent', 'unavailable', 'excused', 'joining', 'ground', 'approver', 'salt'],
  appointment: ['subject', 'inspector', 'appointed', 'ground', 'approver', 'salt'],
  ...Object.fromEntries(KINDS.map((kind) => [kind, LOT])),
};

/** The seal of a supplement, its head checked against what it has to follow. */
export function readHead(row, after) {
  const name = `supplement-${after.number}`;
  const kind = isObject(row) ? row.kind : null;
  check(typeof kind === 'string' && Object.hasOwn(KEYS, kind), 'kind');
  keyed(row, [...HEAD, ...KEYS[kind]], `${name}/seal.json: keys`);
  const same = row.protocol === PROTOCOL && row.draw_id === after.drawId && row.number === after.number;
  check(same && row.previous === after.previous, `${name}: head`);
  check(isTime(row.sealed_at) && row.sealed_at >= after.time, `${name}: sealed_at`);
  return row;
}

/** A sorted list of lists of `width` texts, unique in the first `unique`. */
function listOf(value, width, unique) {
  const fits = Array.isArray(value) && value.every((one) => Array.isArray(one) && one.length === width && one.every((part) => typeof part === 'string'));
  check(fits, 'a list of pairs');
  const once = new Set(value.map((one) => one.slice(0, unique).join('\t'))).size === value.length;
  check(once && value.every((one, i) => !i || compareAll(value[i - 1], one) < 0), 'pairs are not sorted and unique');
  return value;
}

function checkAnswerable(row, once) {
  check(isLine(row.ground) && isName(row.approver) && isHash(row.salt), 'ground, approver or salt');
  once.secret(row.salt);
}

function readJoining(value, state) {
  if (value === null) return [];
  const row = keyed(value, ['groups', 'place'], 'joining: keys');
  check(Array.isArray(row.groups), 'joining: keys');
  const groups = listOf(row.groups, 2, 2);
  const [[subject, inspector]] = listOf([row.place], 2, 2);
  const team = state.teams.get(subject);
  check(team !== undefined && team.includes(inspector) && state.isHindered(subject, inspector), 'joining: place');
  check(state.candidates(subject).length < 2, 'joining: a lot is possible');
  const joins = groups.flatMap(([unit, code]) => {
    const here = [...state.tables.inspectors]
      .filter(([id, one]) => one.unit === unit && one.status === `out:${code}` && !state.joined.has(id))
      .map(([id]) => id);
    check(here.length, 'joining: nobody');
    return here;
  });
  check(joins.length >= 2, 'joining: fewer than two');
  return joins;
}

/** Reads the facts of a supplement and lets them hold; returns who came in. */
export function takeFacts(row, state, once) {
  checkAnswerable(row, once);
  const { subjects, inspectors } = state.tables;
  const conflicts = listOf(row.conflicts, 2, 2);
  const absent = listOf(row.absent, 3, 2);
  const unavailable = listOf(row.unavailable, 2, 1);
  const excused = listOf(row.excused, 2, 1);
  const known = (subject, inspector) => subjects.has(subject) && inspectors.has(inspector);
  for (const [subject, inspector] of conflicts) check(known(subject, inspector) && !state.isConflict(subject, inspector), 'facts: conflicts');
  for (const [subject, inspector, code] of absent) {
    check(known(subject, inspector) && isWord(code) && !state.absent.has(placeKey(subject, inspector)), 'facts: absent');
  }
  for (const [inspector, code] of unavailable) {
    check(inspectors.has(inspector) && isWord(code) && !state.unavailable.has(inspector), 'facts: unavailable');
  }
  for (const [subject, code] of excused) check(subjects.has(subject) && isWord(code) && !state.excused.has(subject), 'facts: excused');
  const joins = readJoining(row.joining, state);
  check(conflicts.length + absent.length + unavailable.length + excused.length + joins.length > 0, 'facts: none');
  for (const [subject, inspector] of conflicts) {
    if (!state.later.has(subject)) state.later.set(subject, new Set());
    state.later.get(subject).add(inspector);
  }
  for (const [subject, inspector, code] of absent) state.absent.set(placeKey(subject, inspector), code);
  for (const [inspector, code] of unavailable) state.unavailable.set(inspector, code);
  for (const [subject, code] of excused) state.excused.set(subject, code);
  const coming = new Set(joins);
  for (const id of inspectors.keys()) if (coming.has(id)) state.joined.set(id, row.number);
  return joins;
}

/** Appoints somebody where no lot is possible; returns the sheet of the place as it was before. */
export function takeAppointment(row, state, once) {
  checkAnswerable(row, once);
  const { subject, inspector, appointed } = row;
  const texts = [subject, inspector, appointed].every((one) => typeof one === 'string');
  check(texts && state.teams.has(subject), 'appointment: subject is not selected');
  const team = state.teams.get(subject);
  if (inspector === '') {
    check(state.rules.assignment === 'none', "appointment: in nobody's place");
  } else {
    check(team.includes(inspector), 'appointment: not in the team');
    check(state.isHindered(subject, inspector), 'appointment: neither unavailable nor in conflict');
    check(state.candidates(subject).length < 2, 'appointment: the lot goes first');
  }
  const fits = state.tables.inspectors.has(appointed) && !team.includes(appointed) && !state.isHindered(subject, appointed);
  check(fits, 'appointment: cannot be appointed');
  const sheet = sheetOf(state, subject);
  if (inspector === '') team.push(appointed);
  else state.replace(subject, inspector, appointed);
  state.appointed.add(placeKey(subject, appointed));
  return sheet;
}

/** The seal of a later lot, and the changes that it is about. */
export function readLot(row, bytes, state) {
  check(isTime(row.open_by) && row.sealed_at < row.open_by, 'seal times');
  const seal = lotOf(row, bytes, row.number, row.kind);
  const changes = listOf(row.changes, 2, 2);
  checkChanges(state, row.kind, changes);
  return { seal, changes };
}
