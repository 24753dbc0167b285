/** Lots after the draw: who takes the place of whoever cannot go, which subject that of one that must not be inspected. */

import { seededHash } from '../protocol/sha256.js';
import { smallestTicket } from './outcome.js';
import { check } from './refusal.js';
import { placeKey } from './state.js';

export const KINDS = ['inspector', 'subject', 'exchange'];

/** Of everybody who may come by lot: who is in the team, cannot come and why, is free; each under the first that holds. */
export function sheetOf(state, subject) {
  const sheet = { pool: 0, team: 0, unavailable: 0, sealed: 0, later: 0, absent: 0, free: 0 };
  const team = state.teams.get(subject);
  for (const id of state.pool()) {
    sheet.pool += 1;
    if (team.includes(id)) sheet.team += 1;
    else if (state.unavailable.has(id)) sheet.unavailable += 1;
    else if (state.isSealedConflict(subject, id)) sheet.sealed += 1;
    else if (state.isConflict(subject, id)) sheet.later += 1;
    else if (state.absent.has(placeKey(subject, id))) sheet.absent += 1;
    else sheet.free += 1;
  }
  return sheet;
}

function leastOf(state, kind, subject, inspector) {
  check(state.teams.get(subject).includes(inspector), 'changes: inspector is not in the team');
  if (kind === 'exchange') {
    check(state.isConflict(subject, inspector), 'changes: no conflict to remove');
    return state.counterparts(subject, inspector).length;
  }
  check(state.isHindered(subject, inspector), 'changes: neither unavailable nor in conflict');
  return state.candidates(subject).length;
}

function lotsIn(state, stratum) {
  let sum = 0;
  for (const row of state.tables.subjects.values()) if (row.stratum === stratum && row.status === 'in') sum += row.lots;
  return sum;
}

/** Refuses to seal a lot whose changes are not allowed, or that might come to have fewer than two candidates. */
export function checkChanges(state, kind, changes) {
  check(kind === 'exchange' ? changes.length === 1 : changes.length >= 1 && changes.length <= 2000, 'changes: how many');
  const before = new Map();
  const count = (key) => {
    const found = before.get(key) ?? 0;
    before.set(key, found + 1);
    return found;
  };
  const there = new Map();
  let tickets = 0;
  for (const [subject, inspector] of changes) {
    check(state.teams.has(subject), 'changes: subject is not selected');
    let least;
    if (kind === 'subject') {
      check(state.excused.has(subject) && inspector === '', 'changes: the subject is not excused');
      const { stratum } = state.tables.subjects.get(subject);
      if (!there.has(stratum)) there.set(stratum, [state.substitutes(stratum).length, lotsIn(state, stratum)]);
      const [found, lots] = there.get(stratum);
      tickets += lots;
      check(tickets <= 100000000, 'changes: too many tickets');
      least = found - count(stratum);
    } else {
      least = leastOf(state, kind, subject, inspector) - count(subject);
    }
    check(least >= 2, 'changes: fewer than two candidates');
  }
}

const smallest = (rows) => rows.reduce((best, row) => (row.ticket < best.ticket ? row : best));

function makeInspector(state, hash, change, subject, inspector) {
  const sheet = sheetOf(state, subject);
  const every = state.candidates(subject);
  const team = state.teams.get(subject);
  const bound = state.isHome(inspector) && !team.some((id) => id !== inspector && state.isHome(id));
  const own = every.filter((id) => state.isHome(id));
  const waived = bound && own.length < 2;
  const found = bound && !waived ? own : every;
  const { id, ticket } = smallest(found.map((one) => ({ id: one, ticket: hash(`/${change}/inspector/${one}`) })));
  state.replace(subject, inspector, id);
  return { told: { subject, inspector, candidates: found.length, waived, to: [subject, id], ticket }, sheet };
}

function makeExchange(state, hash, change, subject, inspector) {
  const every = state.counterparts(subject, inspector);
  const kept = every.filter(([other, one]) => (
    state.keepsHome(state.teams.get(subject), inspector, one) && state.keepsHome(state.teams.get(other), one, inspector)
  ));
  const waived = kept.length < 2;
  const found = waived ? every : kept;
  const { place, ticket } = smallest(found.map((one) => ({ place: one, ticket: hash(`/${change}/exchange/${one[0]}/${one[1]}`) })));
  state.exchange([subject, inspector], place);
  return { told: { subject, inspector, candidates: found.length, waived, to: place, ticket }, sheet: null };
}

function makeSubject(state, hash, change, subject) {
  const { subjects } = state.tables;
  const found = state.substitutes(subjects.get(subject).stratum);
  const { id, ticket } = smallest(found.map((one) => ({ id: one, ticket: smallestTicket(hash, `/${change}`, one, subjects.get(one).lots).ticket })));
  state.move(subject, id);
  return { told: { subject, inspector: '', candidates: found.length, waived: false, to: [id, ''], ticket }, sheet: null };
}

/** Makes the changes of an opened lot one after the other; `state` is changed. */
export function makeChanges(state, kind, seed, changes) {
  const hash = seededHash(seed);
  const make = { inspector: makeInspector, exchange: makeExchange, subject: makeSubject }[kind];
  return changes.map(([subject, inspector], i) => make(state, hash, i + 1, subject, inspector));
}
