/** Steps 5 to 10: tickets, selection, batches, inspectors, and result.json byte for byte. */

import { canonicalize } from './canonical.js';
import { seededHash } from './sha256.js';

/** Hashes of equal length: the order of the texts is the order of the bytes. */
const byTicket = (a, b) => (a.ticket < b.ticket ? -1 : Number(a.ticket > b.ticket));

/**
 * All tickets of a subject.
 * @param {(suffix: string) => string} hash of `seededHash`
 * @param {{id: string, lots: number}} row
 * @returns {{lot: number, ticket: string}[]}
 */
export function allTickets(hash, row) {
  return Array.from({ length: row.lots }, (_, index) => ({ lot: index + 1, ticket: hash(`/subject/${row.id}/${index + 1}`) }));
}

/**
 * The subject's ticket: its smallest.
 * @returns {{lot: number, ticket: string}}
 */
export function bestTicket(hash, row) {
  let best = { lot: 1, ticket: hash(`/subject/${row.id}/1`) };
  for (let lot = 2; lot <= row.lots; lot += 1) {
    const ticket = hash(`/subject/${row.id}/${lot}`);
    if (ticket < best.ticket) best = { lot, ticket };
  }
  return best;
}

/** Step 6 in one stratum; `entries` are its rows not `out:`, in ascending order of ticket. */
function selectStratum(quota, entries) {
  const selected = [];
  const passed = [];
  for (const { row, lot, ticket } of entries) {
    if (selected.length === quota.count) break;
    if (row.kind === 'in') selected.push({ subject: row.id, ticket, lot });
    else passed.push({ subject: row.id, ticket, lot, status: row.status });
  }
  const cutoff = selected[selected.length - 1].ticket;
  return { stratum: quota.stratum, quota: quota.count, participants: entries.length, selected, passed, cutoff };
}

/** Steps 5 and 6. The order of each stratum is kept: `explain` tells ranks by it. */
async function selectSubjects(report, seal, tables, hash) {
  const pools = new Map(seal.rules.quotas.map((quota) => [quota.stratum, []]));
  const { items } = tables.subjects;
  report.label = '正在计算签号';
  for (const [index, row] of items.entries()) {
    const pool = row.kind === 'out' ? undefined : pools.get(row.stratum);
    if (pool) pool.push({ row, ...bestTicket(hash, row) });
    if ((index & 511) === 511) await report.pause(index, items.length);
  }
  for (const pool of pools.values()) pool.sort(byTicket);
  return { pools, strata: seal.rules.quotas.map((quota) => selectStratum(quota, pools.get(quota.stratum))) };
}

/**
 * Step 7: the run (from 1) of position `k` when `n` are cut into `batches` nearly equal runs, the first ones one longer.
 * @returns {number}
 */
export function batchOf(k, n, batches) {
  const short = Math.floor(n / batches);
  const longer = n % batches;
  const head = longer * (short + 1);
  return k < head ? Math.floor(k / (short + 1)) + 1 : longer + Math.floor((k - head) / short) + 1;
}

/** Round `r` of a deck: the cards in ascending order of their hash. */
function round(hash, kind, r, cards) {
  return cards.map((card) => ({ card, ticket: hash(`/${kind}/${r}/${card}`) })).sort(byTicket).map(({ card }) => card);
}

const byTurn = (a, b) => a.turn - b.turn || byTicket(a, b);

/** Where `item` belongs in a sorted list. */
function placeOf(list, item) {
  let low = 0;
  let high = list.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (byTurn(list[middle], item) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

/**
 * A deck that never ends: takes the first card that fits; cards skipped keep their place. The cards of one name leave in the order of
 * the rounds, so of each only the next one is kept, in the order in which they lie in the deck. Somebody must fit.
 */
function makeDeck(hash, kind, cards) {
  const nextOf = (card, turn) => ({ card, turn, ticket: hash(`/${kind}/${turn}/${card}`) });
  const deck = cards.map((card) => nextOf(card, 1)).sort(byTurn);
  return (fits) => {
    const [{ card, turn }] = deck.splice(deck.findIndex((item) => fits(item.card)), 1);
    const next = nextOf(card, turn + 1);
    deck.splice(placeOf(deck, next), 0, next);
    return card;
  };
}

/** E1: who is of the lead division; nobody where the rules name none. */
function homeOf(seal, tables) {
  const { home } = seal.rules;
  return new Set(tables.inspectors.items.filter((row) => home && row.unit === home).map((row) => row.id));
}

/** Step 8, with E1: the first card of a team is of the lead division. Step 2 has made sure that every subject finds a team. */
async function dealPerSubject(report, seal, tables, hash, order, conflicts) {
  const free = tables.inspectors.items.filter((row) => row.kind === 'in').map((row) => row.id);
  const home = homeOf(seal, tables);
  const take = makeDeck(hash, 'inspector', free);
  const teams = [];
  for (const { subject } of order) {
    const barred = conflicts.get(subject);
    const team = [];
    for (let seat = 0; seat < seal.rules.team_size; seat += 1) {
      const leads = home.size > 0 && seat === 0;
      team.push(take((card) => !team.includes(card) && !(barred && barred.has(card)) && (!leads || home.has(card))));
    }
    teams.push(team);
    await report.pause(teams.length, order.length);
  }
  return teams;
}

/** The standing teams out of round 1; with E1 first the leaders, then for each team in turn the others. */
function standingTeams(seal, tables, cards) {
  const { teams: count, team_size: size } = seal.rules;
  const home = homeOf(seal, tables);
  const numbers = Array.from({ length: count }, (_, index) => index);
  if (!home.size) return numbers.map((index) => cards.slice(index * size, (index + 1) * size));
  const leaders = cards.filter((card) => home.has(card)).slice(0, count);
  const others = cards.filter((card) => !leaders.includes(card));
  return numbers.map((index) => [leaders[index], ...others.slice(index * (size - 1), (index + 1) * (size - 1))]);
}

/** Step 9. */
async function dealTeams(report, seal, tables, hash, order, conflicts) {
  const inside = tables.inspectors.items.filter((row) => row.kind === 'in').map((row) => row.id);
  const cards = round(hash, 'inspector', 1, inside);
  const standing = standingTeams(seal, tables, cards);
  const take = makeDeck(hash, 'team', standing.map((_, index) => index + 1));
  const teams = [];
  for (const { subject } of order) {
    const barred = conflicts.get(subject);
    const number = take((card) => !barred || !standing[card - 1].some((inspector) => barred.has(inspector)));
    teams.push(standing[number - 1].slice());
    await report.pause(teams.length, order.length);
  }
  return teams;
}

/**
 * The draw as a pure function of seal, tables and seed.
 * @param {import('./report.js').Report} report for progress only
 * @param {any} seal
 * @param {any} tables
 * @param {Map<string, Set<string>>} conflicts
 * @param {string} seed
 * @returns {Promise<{pools: Map<string, any[]>, strata: any[], assignments: any[], order: any[]}>}
 */
export async function performDraw(report, seal, tables, conflicts, seed) {
  const hash = seededHash(seed);
  const { pools, strata } = await selectSubjects(report, seal, tables, hash);
  const order = strata.flatMap((stratum) => stratum.selected).sort(byTicket);
  report.label = '正在派员';
  let teams = order.map(() => []);
  if (seal.rules.assignment === 'per-subject') teams = await dealPerSubject(report, seal, tables, hash, order, conflicts);
  if (seal.rules.assignment === 'teams') teams = await dealTeams(report, seal, tables, hash, order, conflicts);
  const assignments = order.map(({ subject }, index) => ({
    subject, team: teams[index], leader: teams[index][0] || '', batch: batchOf(index, order.length, seal.rules.batches),
  }));
  return { pools, strata, assignments, order };
}

/**
 * Step 10.
 * @returns {string} the text of result.json
 */
export function resultText(seal, sealDigest, revealDigest, seed, drawn) {
  return canonicalize({
    protocol: 'MQ1', draw_id: seal.draw_id, seal: sealDigest, reveal: revealDigest, seed, strata: drawn.strata,
    assignments: drawn.assignments,
  });
}
