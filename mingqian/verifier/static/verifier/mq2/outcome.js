/** Steps 6 to 10: tickets, selection, batches, inspectors, the result. */

import { seededHash } from '../protocol/sha256.js';
import { compare } from './grammar.js';
import { PROTOCOL, isHome } from './seal.js';
import { isOut } from './tables.js';

/** A subject's smallest ticket over its lots, by a hash that begins with the seed (in a later lot also with the change). */
export function smallestTicket(hash, prefix, subject, lots) {
  let best = { ticket: hash(`${prefix}/subject/${subject}/1`), lot: 1 };
  for (let lot = 2; lot <= lots; lot += 1) {
    const ticket = hash(`${prefix}/subject/${subject}/${lot}`);
    if (ticket < best.ticket) best = { ticket, lot };
  }
  return best;
}

const byTicket = (one, other) => (one.ticket < other.ticket ? -1 : one.ticket > other.ticket ? 1 : compare(one.subject, other.subject));

function select(hash, rules, tables) {
  const drawn = new Map(rules.quotas.map(({ stratum }) => [stratum, []]));
  for (const [subject, row] of tables.subjects) {
    if (drawn.has(row.stratum) && !isOut(row)) drawn.get(row.stratum).push({ subject, ...smallestTicket(hash, '', subject, row.lots) });
  }
  return rules.quotas.map(({ stratum, count }) => {
    const rows = drawn.get(stratum).sort(byTicket);
    const selected = [];
    let passed = 0;
    for (const row of rows) {
      if (tables.subjects.get(row.subject).status === 'in') selected.push({ lot: row.lot, subject: row.subject, ticket: row.ticket });
      else passed += 1;
      if (selected.length === count) break;
    }
    return { stratum, quota: count, participants: rows.length, selected, passed, cutoff: selected[selected.length - 1].ticket };
  });
}

/** Step 8: the batch (from 1) of the selected subject at a position (from 0). */
export function batchOf(position, total, batches) {
  const length = Math.floor(total / batches);
  const longer = total % batches;
  const edge = longer * (length + 1);
  return position < edge ? Math.floor(position / (length + 1)) + 1 : Math.floor((position - edge) / length) + longer + 1;
}

/** All next cards of holders; `deal` takes the smallest by round, then hash, of those who fit. */
class Deck {
  constructor(hash, kind, holders) {
    this.card = (holder, round) => hash(`/${kind}/${round}/${holder}`);
    this.next = holders.map((holder) => ({ holder, round: 1, card: this.card(holder, 1) }));
    this.sort();
  }

  sort() {
    this.next.sort((one, other) => one.round - other.round || (one.card < other.card ? -1 : 1));
  }

  /** `fits(holder, dealt)` says who may be taken. */
  deal(count, fits) {
    const dealt = [];
    while (dealt.length < count) {
      const entry = this.next.find(({ holder }) => !dealt.includes(holder) && fits(holder, dealt));
      entry.round += 1;
      entry.card = this.card(entry.holder, entry.round);
      dealt.push(entry.holder);
      this.place(entry);
    }
    return dealt;
  }

  /** Puts an entry whose card is a later one where it belongs: all others are in order. */
  place(entry) {
    let at = this.next.indexOf(entry);
    const before = (one) => one.round < entry.round || (one.round === entry.round && one.card < entry.card);
    while (at + 1 < this.next.length && before(this.next[at + 1])) {
      this.next[at] = this.next[at + 1];
      at += 1;
    }
    this.next[at] = entry;
  }
}

function standingTeams(hash, rules, tables) {
  const order = tables.free.map((id) => ({ id, card: hash(`/inspector/1/${id}`) })).sort((one, other) => (one.card < other.card ? -1 : 1)).map(({ id }) => id);
  const size = rules.team_size;
  if (rules.home === null) return Array.from({ length: rules.teams }, (_, i) => order.slice(i * size, (i + 1) * size));
  const leads = order.filter((id) => isHome(rules, tables, id)).slice(0, rules.teams);
  const lead = new Set(leads);
  const rest = order.filter((id) => !lead.has(id));
  return leads.map((id, i) => [id, ...rest.slice(i * (size - 1), (i + 1) * (size - 1))]);
}

function assign(hash, rules, tables, ranked) {
  if (rules.assignment === 'none') return ranked.map(() => []);
  const none = new Set();
  if (rules.assignment === 'per-subject') {
    const deck = new Deck(hash, 'inspector', tables.free);
    return ranked.map(({ subject }) => {
      const barred = tables.conflicts.get(subject) ?? none;
      return deck.deal(rules.team_size, (id, dealt) => !barred.has(id) && (dealt.length > 0 || rules.home === null || isHome(rules, tables, id)));
    });
  }
  const teams = standingTeams(hash, rules, tables);
  const deck = new Deck(hash, 'team', teams.map((_, i) => i + 1));
  return ranked.map(({ subject }) => {
    const barred = tables.conflicts.get(subject) ?? none;
    const [number] = deck.deal(1, (one) => !teams[one - 1].some((id) => barred.has(id)));
    return [...teams[number - 1]];
  });
}

/** The strata and assignments of a result, from the seed alone. */
export function drawAll(seed, rules, tables) {
  const hash = seededHash(seed);
  const strata = select(hash, rules, tables);
  const ranked = strata.flatMap(({ selected }) => selected).sort(byTicket);
  const teams = assign(hash, rules, tables, ranked);
  const assignments = ranked.map(({ subject }, i) => (
    { subject, batch: batchOf(i, ranked.length, rules.batches), team: teams[i], leader: teams[i][0] ?? '' }
  ));
  return { strata, assignments };
}

/** What every result begins with. */
export function resultHead(lot) {
  const { seal } = lot;
  return { protocol: PROTOCOL, draw_id: seal.drawId, number: seal.number, seal: seal.digest, close: lot.close, reveal: lot.reveal, seed: lot.seed };
}
