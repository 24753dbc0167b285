/** One subject: its row and proof, its tickets and rank, what the draw and later steps brought it, and how to compute that by hand. */

import { auditPath, leafHash, nodeHash, treeOf } from './merkle.js';
import { fromHex, seededHash, toHex } from './sha256.js';
import { seedText } from './contributions.js';
import { textOf } from './json.js';
import { rankOf, smallestTicket } from './outcome.js';

/** Credit codes are written with capitals; people type what they like around them. */
function idOf({ subjects }, typed) {
  const id = typed.trim();
  return [id, id.toUpperCase()].find((form) => subjects.has(form)) ?? null;
}

/** Where the ticket of a subject stands in its stratum; null where it has none. */
function placeOf({ lot, seal, state, strata }, id, row) {
  if (!lot.seed || row.status.startsWith('out:')) return null;
  const stratum = strata.find((one) => one.stratum === row.stratum);
  if (!stratum) return null;
  const hash = seededHash(lot.seed);
  const own = smallestTicket(hash, '', id, row.lots);
  const tickets = Array.from({ length: row.lots }, (_, i) => hash(`/subject/${id}/${i + 1}`));
  const { subjects } = state.tables;
  const { rank, ahead } = rankOf(lot.seed, subjects, subjects.indexOf(id));
  const { participants, quota, cutoff } = stratum;
  const below = own.ticket <= cutoff;
  return {
    tickets, ticket: own.ticket, lot: own.lot, rank, ahead, participants, quota, cutoff, certain: quota === participants,
    selected: below && row.status === 'in', passed: below && row.status !== 'in', strata: seal.rules.quotas.length,
  };
}

/** What one supplement says of a subject whose team was `team` before it (null where it was not selected). */
function eventsOf({ number, row, lot, done, changes }, id, team) {
  const head = { number, kind: row.kind, time: lot ? lot.endedAt ?? lot.seal.sealedAt : row.sealed_at };
  if (row.kind === 'facts') {
    const { ground, approver } = row;
    const of = (list) => list.filter(([subject]) => subject === id);
    return [
      ...of(row.excused).map(([, code]) => ({ ...head, what: 'excused', code, ground, approver })),
      ...of(row.conflicts).map(([, inspector]) => ({ ...head, what: 'conflict', inspector, ground, approver })),
      ...of(row.absent).map(([, inspector, code]) => ({ ...head, what: 'absent', inspector, code, ground, approver })),
      ...row.unavailable.filter(([inspector]) => team?.includes(inspector))
        .map(([inspector, code]) => ({ ...head, what: 'unavailable', inspector, code, ground, approver })),
    ];
  }
  if (row.kind === 'appointment') {
    const { inspector, appointed, ground, approver } = row;
    return row.subject === id ? [{ ...head, what: 'appointment', inspector, appointed, ground, approver }] : [];
  }
  if (lot.state !== 'opened') return changes.filter(([subject]) => subject === id).map(([, inspector]) => ({ ...head, what: lot.state, inspector }));
  return done.map(({ told }) => told).filter(({ subject, to }) => subject === id || to[0] === id)
    .map(({ subject, inspector, to, candidates, waived, ticket }) => ({ ...head, what: 'changed', subject, inspector, to, candidates, waived, ticket }));
}

/** The teams as they were before each supplement follow from what each says was changed. */
function follow(teams, { row, done }) {
  const put = (subject, goes, comes) => teams.set(subject, teams.get(subject).map((one) => (one === goes ? comes : one)));
  if (row.kind === 'appointment') {
    if (row.inspector) put(row.subject, row.inspector, row.appointed);
    else teams.set(row.subject, [...teams.get(row.subject), row.appointed]);
  }
  for (const { told: { subject, inspector, to } } of done) {
    if (row.kind === 'subject') {
      teams.set(to[0], teams.get(subject));
      teams.delete(subject);
    } else {
      put(subject, inspector, to[1]);
      if (row.kind === 'exchange') put(to[0], to[1], inspector);
    }
  }
}

function historyOf({ assignments, supplements }, id) {
  const teams = new Map(assignments.map(({ subject, team }) => [subject, [...team]]));
  const history = [];
  for (const one of supplements) {
    history.push(...eventsOf(one, id, teams.get(id) ?? null));
    follow(teams, one);
  }
  return history;
}

/** The batch of every subject that is selected now: it passes to whoever takes its place. */
export function batchesOf({ assignments, supplements }) {
  const batches = new Map(assignments.map(({ subject, batch }) => [subject, batch]));
  for (const { row, done } of supplements) {
    if (row.kind !== 'subject') continue;
    for (const { told: { subject, to } } of done) {
      batches.set(to[0], batches.get(subject));
      batches.delete(subject);
    }
  }
  return batches;
}

/** Names and digits hold neither quotes nor % nor backslashes, so they stand in a printf format as they are. */
function ticketCommands({ lot }, id, spot) {
  if (!spot) return [];
  const text = seedText(lot.seal.digest, lot.secret, lot.known, lot.beacon);
  return [
    { what: 'seal', command: 'sha256sum seal.json', gives: lot.seal.digest },
    { what: 'seed', command: `printf '${text.replaceAll('\n', '\\n')}' | sha256sum`, gives: lot.seed },
    ...spot.tickets.map((ticket, i) => ({ what: 'ticket', number: i + 1, command: `printf '${lot.seed}/subject/${id}/${i + 1}' | sha256sum`, gives: ticket })),
  ];
}

function pathCommands(text, leaf, path) {
  const out = [{ what: 'leaf', command: `printf '\\000${text.replaceAll('\t', '\\t')}' | sha256sum`, gives: leaf }];
  let hash = leaf;
  path.forEach((step, i) => {
    const pair = step.side === 'left' ? [step.hash, hash] : [hash, step.hash];
    hash = toHex(nodeHash(fromHex(pair[0]), fromHex(pair[1])));
    const what = i === path.length - 1 ? 'root' : 'node';
    out.push({ what, number: i + 1, command: `printf '01%s%s' ${pair[0]} ${pair[1]} | xxd -r -p | sha256sum`, gives: hash });
  });
  return out;
}

function proofOf({ subjects }, id) {
  const index = subjects.indexOf(id);
  const { rows } = subjects;
  const row = rows.bytes.subarray(rows.from(index, 0), rows.until(index, rows.width - 1));
  return { text: textOf(row), number: index + 1, leaf: toHex(leafHash(row)), path: auditPath(treeOf(rows), index) };
}

/**
 * What a checked bundle says of one subject.
 * @param {object} bundle as `examine` read it
 * @param {string} typed credit code or registration number
 */
export function explainSubject(bundle, typed) {
  const { state, lot, seal } = bundle;
  const id = idOf(state.tables, typed);
  if (id === null) return { found: false, id: typed.trim() };
  const row = state.tables.subjects.get(id);
  const spot = placeOf(bundle, id, row);
  const { text, number, leaf, path } = proofOf(state.tables, id);
  const member = (one) => ({
    id: one, unit: state.tables.inspectors.get(one).unit, appointed: state.appointed.has(`${id}\t${one}`), joined: state.joined.get(one) ?? 0,
  });
  return {
    found: true, id, ...row, state: lot.state, drawn: seal.rules.quotas.some(({ stratum }) => stratum === row.stratum), spot,
    assigned: seal.rules.assignment !== 'none', endedAt: lot.endedAt, now: state.teams.has(id), batch: batchesOf(bundle).get(id) ?? 0,
    batches: seal.rules.batches, team: (state.teams.get(id) ?? []).map(member), history: historyOf(bundle, id), text, number, leaf,
    root: state.tables.roots['subjects.tsv'].root, path,
    commands: [...ticketCommands(bundle, id, spot), ...pathCommands(text, leaf, path)],
  };
}
