/** The census: what whoever does not trust the operator wants counted. */

import { compare } from './grammar.js';
import { placeKey } from './state.js';
import { isOut } from './tables.js';

const bump = (counts, key, by = 1) => counts.set(key, (counts.get(key) ?? 0) + by);
const sorted = (counts) => Object.fromEntries([...counts].sort(([one], [other]) => compare(one, other)));
const byName = (rows, name) => [...rows].sort((one, other) => compare(one[name], other[name]));
const kindOf = (status) => status.split(':', 1)[0];

function subjectsOf({ seal, state }) {
  const quotas = new Map(seal.rules.quotas.map(({ stratum, count }) => [stratum, count]));
  const [status, lots, strata] = [new Map(), new Map(), new Map()];
  for (const row of state.tables.subjects.values()) {
    bump(status, row.status);
    bump(lots, String(row.lots));
    if (!strata.has(row.stratum)) strata.set(row.stratum, { stratum: row.stratum, in: 0, exempt: 0, out: 0 });
    strata.get(row.stratum)[kindOf(row.status)] += 1;
  }
  for (const one of strata.values()) {
    one.quota = quotas.get(one.stratum) ?? 0;
    one.certain = one.quota > 0 && one.quota === one.in;
  }
  return { rows: state.tables.subjects.size, status: sorted(status), lots: sorted(lots), strata: byName(strata.values(), 'stratum') };
}

function inspectorsOf({ state }) {
  const [status, units] = [new Map(), new Map()];
  for (const row of state.tables.inspectors.values()) {
    bump(status, row.status);
    if (!units.has(row.unit)) units.set(row.unit, { unit: row.unit, in: 0, out: 0 });
    units.get(row.unit)[kindOf(row.status)] += 1;
  }
  return { rows: state.tables.inspectors.size, status: sorted(status), units: byName(units.values(), 'unit') };
}

function leastOf({ state }, keys, among) {
  let [least, subjects] = [Infinity, 0];
  for (const key of keys) {
    const barred = [...(state.tables.conflicts.get(key) ?? [])].filter((id) => among.has(id)).length;
    const count = among.size - barred;
    if (count < least) [least, subjects] = [count, 0];
    subjects += count === least;
  }
  return { least, subjects };
}

function barredOf({ state }, keys) {
  const [table, later] = [new Map(), new Map()];
  for (const key of keys) {
    for (const id of state.tables.conflicts.get(key) ?? []) bump(table, id);
    for (const id of state.later.get(key) ?? []) bump(later, id);
  }
  return [...new Set([...table.keys(), ...later.keys()])].sort(compare).map((id) => [id, table.get(id) ?? 0, later.get(id) ?? 0]);
}

const howGiven = (given) => (given === null ? 'none' : 'commit' in given || 'nonce' in given ? 'committed' : 'spoken');

/** Whether nobody could have chosen a lot; null where it is only sealed. `proved` says by number what cosigners prove. */
export function isGuarded(lot, proved) {
  const { number } = lot.seal;
  if (lot.state === 'sealed') return null;
  if (lot.state === 'void') {
    return lot.known.some((one) => one !== null && 'commit' in one) || (lot.beacon === null && (proved.void.get(number) ?? false));
  }
  return lot.known.some((one) => howGiven(one) === 'committed') || (proved.close.get(number) ?? false);
}

function lotTold(lot, had, proved) {
  const { seal } = lot;
  const named = seal.beacon !== null;
  const known = (lot.state === 'void' ? proved.void : proved.close).get(seal.number) ?? false;
  return {
    number: seal.number, kind: seal.kind, state: lot.state, sealed_at: seal.sealedAt, open_by: seal.openBy, ended_at: lot.endedAt,
    late: lot.endedAt !== null && lot.endedAt > seal.openBy,
    witnesses: seal.witnesses.map((name, i) => [name, howGiven(lot.known[i]), lot.known[i] !== null && 'digits' in lot.known[i]]),
    draw_witnesses: had.length, new: seal.witnesses.filter((name) => !had.includes(name)),
    beacon: named ? (lot.beacon === null ? 'missing' : 'given') : 'none',
    beacon_rests: !named || lot.state === 'sealed' ? null : known ? 'cosigners' : 'holder',
    closed: lot.closed !== null, guarded: isGuarded(lot, proved),
  };
}

const pick = (row, keys) => Object.fromEntries(keys.map((key) => [key, row[key]]));

function factsOf({ supplements }) {
  const keys = ['conflicts', 'absent', 'unavailable', 'excused', 'joining', 'ground', 'approver', 'sealed_at'];
  return supplements.filter(({ row }) => row.kind === 'facts').map(({ number, row, joins }) => ({ number, joined: joins.length, ...pick(row, keys) }));
}

function changesOf({ supplements }) {
  return supplements.flatMap(({ number, row, done }) => done.map(({ told, sheet }, i) => {
    const { ticket, ...rest } = told;
    return { number, change: i + 1, kind: row.kind, sheet, ...rest };
  }));
}

function appointmentsOf({ supplements, state }) {
  const keys = ['subject', 'inspector', 'appointed', 'ground', 'approver', 'sealed_at'];
  return supplements.filter(({ row }) => row.kind === 'appointment').map(({ number, row, sheet }) => {
    const { unit, status } = state.tables.inspectors.get(row.appointed);
    return { number, ...pick(row, keys), unit, status, joined: (state.joined.get(row.appointed) ?? number) < number, sheet };
  });
}

function attemptsOf({ supplements }) {
  const counts = new Map();
  for (const { changes } of supplements) for (const [subject, inspector] of changes) bump(counts, placeKey(subject, inspector));
  return [...counts].map(([key, seals]) => [...key.split('\t'), seals]).sort((one, other) => compare(one[0], other[0]) || compare(one[1], other[1]));
}

function nowOf({ state }) {
  const places = [...state.teams].flatMap(([subject, team]) => team.map((id) => [subject, id]))
    .sort((one, other) => compare(one[0], other[0]) || compare(one[1], other[1]));
  const homeless = [...state.teams].filter(([, team]) => !team.some((id) => state.isHome(id))).map(([subject]) => subject).sort(compare);
  return {
    unavailable: places.filter(([, id]) => state.unavailable.has(id)),
    conflicts: places.filter(([subject, id]) => state.isConflict(subject, id)),
    absent: places.filter(([subject, id]) => state.absent.has(placeKey(subject, id))),
    appointed: places.filter(([subject, id]) => state.appointed.has(placeKey(subject, id))),
    without_home: state.rules.home === null ? [] : homeless,
    excused: [...state.teams.keys()].filter((subject) => state.excused.has(subject)).sort(compare),
  };
}

/** The whole census of a bundle. */
export function takeCensus(bundle, proved) {
  const { seal, state } = bundle;
  const quotas = new Set(seal.rules.quotas.map(({ stratum }) => stratum));
  const keys = [...state.tables.subjects].filter(([, row]) => quotas.has(row.stratum) && !isOut(row)).map(([id]) => id);
  const own = new Set(state.tables.free.filter((id) => state.isHome(id)));
  const unit = seal.rules.home;
  return {
    draw_id: seal.lot.drawId, scope: seal.scope, attempt: seal.attempt, subjects: subjectsOf(bundle), inspectors: inspectorsOf(bundle),
    free: leastOf(bundle, keys, new Set(state.tables.free)), home: unit === null ? null : { unit, in: own.size, ...leastOf(bundle, keys, own) },
    barred: barredOf(bundle, keys), lots: bundle.lots.map((lot) => lotTold(lot, seal.lot.witnesses, proved)), facts: factsOf(bundle),
    joined: [...state.joined].map(([id, number]) => [id, state.tables.inspectors.get(id).unit, state.tables.inspectors.get(id).status, number]),
    changes: changesOf(bundle), appointments: appointmentsOf(bundle), attempts: attemptsOf(bundle), now: nowOf(bundle),
  };
}
