/** Steps 6 to 10: tickets, selection, batches, inspectors, the result. */

import { seededHash, seededWords, utf8, wordsHex } from './sha256.js';
import { compare } from './grammar.js';
import { PROTOCOL, isHome } from './seal.js';

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

const SCALE = 2 ** 20;

/** The smallest tickets of a million rows as words, hashed from the bytes of the table. */
class Tickets {
  constructor(seed, subjects) {
    this.hash = seededWords(seed);
    this.subjects = subjects;
    this.words = new Int32Array(8 * subjects.size);
    this.lots = new Uint8Array(subjects.size);
    this.text = new Uint8Array(512);
    this.text.set(utf8('/subject/'));
    this.other = new Int32Array(8);
  }

  less(one, i, other, k) {
    for (let w = 0; w < 8; w += 1) if (one[i + w] !== other[k + w]) return one[i + w] >>> 0 < other[k + w] >>> 0;
    return false;
  }

  take(row) {
    const { rows } = this.subjects;
    const [from, until] = [rows.from(row, 0), rows.until(row, 0)];
    let end = 9;
    for (let i = from; i < until; i += 1, end += 1) this.text[end] = rows.bytes[i];
    this.text[end] = 47;
    for (let lot = 1; lot <= this.subjects.lotsOf(row); lot += 1) {
      this.text[end + 1] = 48 + lot;
      this.hash(this.text, end + 2, this.other, 0);
      if (lot > 1 && !this.less(this.other, 0, this.words, 8 * row)) continue;
      this.words.set(this.other, 8 * row);
      this.lots[row] = lot;
    }
  }

  /** Rows in the order of their tickets: sorted by the first word, then looked at whole where that is the same; rows are in the order of ids. */
  sorted(found) {
    const keys = new Float64Array(found.length);
    for (let i = 0; i < keys.length; i += 1) keys[i] = (this.words[8 * found[i]] >>> 0) * SCALE + found[i];
    keys.sort();
    const order = new Uint32Array(keys.length);
    for (let i = 0; i < keys.length; i += 1) order[i] = keys[i] % SCALE;
    for (let i = 1; i < order.length; i += 1) {
      const row = order[i];
      let at = i;
      while (at && this.words[8 * order[at - 1]] === this.words[8 * row] && this.less(this.words, 8 * row, this.words, 8 * order[at - 1])) {
        order[at] = order[at - 1];
        at -= 1;
      }
      order[at] = row;
    }
    return order;
  }

  hex(row) {
    return wordsHex(this.words, 8 * row);
  }
}

/**
 * Where the ticket of a row stands among those of its stratum: its rank from 1, and how many `exempt:` rows are ahead of it.
 * @returns {{rank: number, ahead: number}}
 */
export function rankOf(seed, subjects, row) {
  const tickets = new Tickets(seed, subjects);
  const found = subjects.partaking(subjects.strata[subjects.stratumAt[row]]);
  tickets.take(row);
  let [rank, ahead] = [1, 0];
  for (const other of found) {
    if (other === row) continue;
    tickets.take(other);
    if (!tickets.less(tickets.words, 8 * other, tickets.words, 8 * row)) continue;
    rank += 1;
    if (!subjects.isIn(other)) ahead += 1;
  }
  return { rank, ahead };
}

function select(seed, rules, { subjects }) {
  const tickets = new Tickets(seed, subjects);
  return rules.quotas.map(({ stratum, count }) => {
    const found = subjects.partaking(stratum);
    for (const row of found) tickets.take(row);
    const selected = [];
    let passed = 0;
    for (const row of tickets.sorted(found)) {
      if (subjects.isIn(row)) selected.push({ lot: tickets.lots[row], subject: subjects.id(row), ticket: tickets.hex(row) });
      else passed += 1;
      if (selected.length === count) break;
    }
    return { stratum, quota: count, participants: found.length, selected, passed, cutoff: selected[selected.length - 1].ticket };
  });
}

/** Step 8: the batch (from 1) of the selected subject at a position (from 0). */
export function batchOf(position, total, batches) {
  const length = Math.floor(total / batches);
  const longer = total % batches;
  const edge = longer * (length + 1);
  return position < edge ? Math.floor(position / (length + 1)) + 1 : Math.floor((position - edge) / length) + longer + 1;
}

/** A heap: the smallest first. */
class Heap {
  /** @param {(one: any, other: any) => boolean} before whether one comes before the other */
  constructor(before, items = []) {
    this.before = before;
    this.items = [];
    for (const item of items) this.push(item);
  }

  get top() {
    return this.items[0];
  }

  push(item) {
    const { items, before } = this;
    let at = items.length;
    while (at > 0) {
      const above = (at - 1) >> 1;
      if (!before(item, items[above])) break;
      items[at] = items[above];
      at = above;
    }
    items[at] = item;
  }

  pop() {
    const { items, before } = this;
    const [found, last] = [items[0], items.pop()];
    if (!items.length) return found;
    let at = 0;
    for (;;) {
      let below = 2 * at + 1;
      if (below >= items.length) break;
      if (below + 1 < items.length && before(items[below + 1], items[below])) below += 1;
      if (!before(items[below], last)) break;
      items[at] = items[below];
      at = below;
    }
    items[at] = last;
    return found;
  }
}

const earlier = (one, other) => one.round < other.round || (one.round === other.round && one.card < other.card);

/** All next cards of holders, those of the lead division apart; `deal` takes the smallest by round, then hash, of those who fit. */
class Deck {
  constructor(hash, kind, holders, isOwn = () => false) {
    this.card = (holder, round) => hash(`/${kind}/${round}/${holder}`);
    this.own = new Heap(earlier);
    this.rest = new Heap(earlier);
    for (const holder of holders) (isOwn(holder) ? this.own : this.rest).push({ holder, round: 1, card: this.card(holder, 1) });
  }

  next(ownOnly) {
    const [own, rest] = [this.own.top, this.rest.top];
    return ownOnly || !rest || (own && earlier(own, rest)) ? this.own : this.rest;
  }

  /** `fits(holder)` says who may be taken. */
  deal(fits, ownOnly = false) {
    const skipped = [];
    for (;;) {
      const heap = this.next(ownOnly);
      const entry = heap.pop();
      if (!fits(entry.holder)) {
        skipped.push([heap, entry]);
        continue;
      }
      for (const [other, one] of skipped) other.push(one);
      heap.push({ holder: entry.holder, round: entry.round + 1, card: this.card(entry.holder, entry.round + 1) });
      return entry.holder;
    }
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
    const deck = new Deck(hash, 'inspector', tables.free, (id) => isHome(rules, tables, id));
    return ranked.map(({ subject }) => {
      const barred = tables.conflicts.get(subject) ?? none;
      const team = [];
      while (team.length < rules.team_size) team.push(deck.deal((id) => !barred.has(id) && !team.includes(id), !team.length && rules.home !== null));
      return team;
    });
  }
  const teams = standingTeams(hash, rules, tables);
  const deck = new Deck(hash, 'team', teams.map((_, i) => i + 1));
  return ranked.map(({ subject }) => {
    const barred = tables.conflicts.get(subject) ?? none;
    const number = deck.deal((one) => !teams[one - 1].some((id) => barred.has(id)));
    return [...teams[number - 1]];
  });
}

/** The strata and assignments of a result, from the seed alone. */
export function drawAll(seed, rules, tables) {
  const hash = seededHash(seed);
  const strata = select(seed, rules, tables);
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
