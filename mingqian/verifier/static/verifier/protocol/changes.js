/** Lots after the draw: who takes the place of whoever cannot go, which subject that of one that must not be inspected. */

import { seededHash } from './sha256.js';
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
  const { subjects } = state.tables;
  for (const row of subjects.partaking(stratum)) if (subjects.isIn(row)) sum += subjects.lotsOf(row);
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

function forInspector(state, ticket, [subject, inspector]) {
  const every = state.candidates(subject);
  const team = state.teams.get(subject);
  const bound = state.isHome(inspector) && !team.some((id) => id !== inspector && state.isHome(id));
  const own = every.filter((id) => state.isHome(id));
  const waived = bound && own.length < 2;
  const found = bound && !waived ? own : every;
  return { waived, rows: found.map((id) => ({ to: [subject, id], ticket: ticket(`inspector/${id}`) })) };
}

function forExchange(state, ticket, [subject, inspector]) {
  const every = state.counterparts(subject, inspector);
  const kept = every.filter(([other, one]) => (
    state.keepsHome(state.teams.get(subject), inspector, one) && state.keepsHome(state.teams.get(other), one, inspector)
  ));
  const waived = kept.length < 2;
  return { waived, rows: (waived ? every : kept).map((to) => ({ to, ticket: ticket(`exchange/${to[0]}/${to[1]}`) })) };
}

function forSubject(state, ticket, [subject]) {
  const { subjects } = state.tables;
  const found = state.substitutes(subjects.get(subject).stratum);
  const prefix = (text) => ticket(text.slice(1));
  return { waived: false, rows: found.map((id) => ({ to: [id, ''], ticket: smallestTicket(prefix, '', id, subjects.get(id).lots).ticket })) };
}

const FIELDS = { inspector: forInspector, exchange: forExchange, subject: forSubject };

/** Who may come by change `number` (from 1) of a lot, each with the ticket; `hash` begins with the seed. */
export function fieldOf(state, kind, hash, number, change) {
  return FIELDS[kind](state, (text) => hash(`/${number}/${text}`), change);
}

/** Carries a change out: `to` has the smallest ticket. */
export function carryOut(state, kind, [subject, inspector], to) {
  if (kind === 'inspector') state.replace(subject, inspector, to[1]);
  else if (kind === 'exchange') state.exchange([subject, inspector], to);
  else state.move(subject, to[0]);
}

const smallest = (rows) => rows.reduce((best, row) => (row.ticket < best.ticket ? row : best));

/** Makes the changes of an opened lot one after the other; `state` is changed. */
export function makeChanges(state, kind, seed, changes) {
  const hash = seededHash(seed);
  return changes.map((change, i) => {
    const sheet = kind === 'inspector' ? sheetOf(state, change[0]) : null;
    const { rows, waived } = fieldOf(state, kind, hash, i + 1, change);
    const { to, ticket } = smallest(rows);
    carryOut(state, kind, change, to);
    return { told: { subject: change[0], inspector: change[1], candidates: rows.length, waived, to, ticket }, sheet };
  });
}
