/** The census: what whoever does not trust the operator wants counted. */

import { compare } from './grammar.js';
import { placeKey } from './state.js';

const bump = (counts, key, by = 1) => counts.set(key, (counts.get(key) ?? 0) + by);
const sorted = (counts) => Object.fromEntries([...counts].sort(([one], [other]) => compare(one, other)));
const byName = (rows, name) => [...rows].sort((one, other) => compare(one[name], other[name]));
const kindOf = (status) => status.split(':', 1)[0];

function subjectsOf({ seal, state }) {
  const { subjects } = state.tables;
  const quotas = new Map(seal.rules.quotas.map(({ stratum, count }) => [stratum, count]));
  const status = new Uint32Array(subjects.statuses.length);
  const lots = new Uint32Array(subjects.lots.length);
  const strata = subjects.strata.map((stratum) => ({ stratum, in: 0, exempt: 0, out: 0 }));
  for (let row = 0; row < subjects.size; row += 1) {
    status[subjects.statusAt[row]] += 1;
    lots[subjects.lotsAt[row]] += 1;
    strata[subjects.stratumAt[row]][subjects.kindOf(row)] += 1;
  }
  for (const one of strata) {
    one.quota = quotas.get(one.stratum) ?? 0;
    one.certain = one.quota > 0 && one.quota === one.in;
  }
  const counted = (texts, counts) => sorted(texts.map((text, i) => [text, counts[i]]));
  return { rows: subjects.size, status: counted(subjects.statuses, status), lots: counted(subjects.lotTexts, lots), strata: byName(strata, 'stratum') };
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

/** How many of `among` are free of sealed conflict at the subject with the fewest, and how many have so few; most have no conflict at all. */
function leastOf({ state }, { count, has }, among) {
  const { conflicts } = state.tables;
  let [least, subjects, rest] = [Infinity, 0, count];
  const take = (free, many) => {
    if (free < least) [least, subjects] = [free, 0];
    if (free === least) subjects += many;
  };
  for (const [key, barred] of conflicts) {
    if (!has(key)) continue;
    rest -= 1;
    take(among.size - [...barred].filter((id) => among.has(id)).length, 1);
  }
  if (rest) take(among.size, rest);
  return { least, subjects };
}

function barredOf({ state }, { has }) {
  const [table, later] = [new Map(), new Map()];
  for (const [counts, pairs] of [[table, state.tables.conflicts], [later, state.later]]) {
    for (const [key, ids] of pairs) if (has(key)) for (const id of ids) bump(counts, id);
  }
  return [...new Set([...table.keys(), ...later.keys()])].sort(compare).map((id) => [id, table.get(id) ?? 0, later.get(id) ?? 0]);
}

/** The rows that may be drawn: how many, and whether an id is one of them. */
function drawable({ seal, state }) {
  const { subjects } = state.tables;
  const drawn = new Set(seal.rules.quotas.map(({ stratum }) => subjects.strata.indexOf(stratum)));
  const partakes = (row) => row >= 0 && drawn.has(subjects.stratumAt[row]) && !subjects.isOut(row);
  let count = 0;
  for (let row = 0; row < subjects.size; row += 1) count += partakes(row);
  return { count, has: (id) => partakes(subjects.indexOf(id)) };
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
  const keys = drawable(bundle);
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
