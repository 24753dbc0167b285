/** `seal.json`: the rules that a draw fixes, and step 2: what could not be opened is not sealed. */

import { TABLES } from './files.js';
import { compare, isHash, isInteger, isLine, isName, isTime, isWord } from './grammar.js';
import { digest, isObject, keyed } from './json.js';
import { check } from './refusal.js';

export const PROTOCOL = 'MQ2';
const KEYS = ['protocol', 'draw_id', 'attempt', 'previous', 'title', 'organ', 'scope', 'sealed_at', 'open_by', 'rules', 'subjects', 'inspectors',
  'conflicts', 'witnesses', 'beacon', 'commitment'];
const RULES = ['quotas', 'team_size', 'assignment', 'teams', 'batches', 'home'];

function checkBeacon(beacon, from, until) {
  if (beacon === null) return;
  keyed(beacon, ['source', 'round', 'digits', 'due'], 'beacon');
  const fits = isLine(beacon.source) && isLine(beacon.round) && isInteger(beacon.digits, 6, 100) && isTime(beacon.due);
  check(fits && from <= beacon.due && beacon.due <= until, 'beacon');
}

/** What a seal, whose head was checked, fixes of its lot. */
export function lotOf(row, bytes, number, kind) {
  const names = row.witnesses;
  check(Array.isArray(names) && names.length >= 1 && names.length <= 100 && names.every(isName) && new Set(names).size === names.length, 'witnesses');
  checkBeacon(row.beacon, row.sealed_at, row.open_by);
  check(isHash(row.commitment), 'commitment');
  return {
    drawId: row.draw_id, number, kind, sealedAt: row.sealed_at, openBy: row.open_by, witnesses: names, beacon: row.beacon,
    commitment: row.commitment, digest: digest(bytes),
  };
}

function checkQuotas(quotas) {
  check(Array.isArray(quotas) && quotas.length, 'quotas');
  quotas.forEach((one, i) => {
    keyed(one, ['stratum', 'count'], 'quotas');
    check(isWord(one.stratum) && isInteger(one.count, 1), 'quotas');
    check(!i || compare(quotas[i - 1].stratum, one.stratum) < 0, 'quotas are not sorted and unique');
  });
}

function checkRules(rules) {
  keyed(rules, RULES, 'rules');
  checkQuotas(rules.quotas);
  check(['per-subject', 'teams', 'none'].includes(rules.assignment), 'assignment');
  const nobody = rules.assignment === 'none';
  check(isInteger(rules.team_size, nobody ? 0 : 1, nobody ? 0 : 100), 'team_size');
  const standing = rules.assignment === 'teams';
  check(isInteger(rules.teams, standing ? 1 : 0, standing ? 10000 : 0), 'teams');
  check(isInteger(rules.batches, 1), 'batches');
  check(rules.home === null || (isWord(rules.home) && !nobody), 'home');
}

/** Reads `seal.json`, then (`tables()`) the tables, and holds one against the other. */
export function readSeal(row, bytes, tables) {
  keyed(row, KEYS, 'seal.json: keys');
  check(row.protocol === PROTOCOL && isWord(row.draw_id) && isWord(row.scope) && isLine(row.title) && isLine(row.organ), 'seal head');
  const first = isInteger(row.attempt, 1, 1) && row.previous === null;
  check(first || (isInteger(row.attempt, 2) && isHash(row.previous)), 'attempt');
  check(isTime(row.sealed_at) && isTime(row.open_by) && row.sealed_at < row.open_by, 'seal times');
  checkRules(row.rules);
  const read = tables();
  for (const name of TABLES) {
    const told = row[name.replace('.tsv', '')];
    const { root, count } = read.roots[name];
    check(isObject(told) && Object.keys(told).length === 2 && told.root === root && told.count === count, `${name}: root or count`);
  }
  const lot = lotOf(row, bytes, 0, 'draw');
  checkCapacity(row.rules, read);
  return { lot, title: row.title, organ: row.organ, scope: row.scope, attempt: row.attempt, rules: row.rules, tables: read };
}

export const isHome = (rules, tables, inspector) => rules.home !== null && tables.inspectors.get(inspector).unit === rules.home;

function checkQuotasMet(rules, subjects) {
  const there = subjects.strata.map(() => 0);
  for (let row = 0; row < subjects.size; row += 1) if (subjects.isIn(row)) there[subjects.stratumAt[row]] += 1;
  for (const { stratum, count } of rules.quotas) check((there[subjects.strata.indexOf(stratum)] ?? 0) >= count, `stratum ${stratum}: quota`);
}

function checkCapacity(rules, tables) {
  checkQuotasMet(rules, tables.subjects);
  const total = rules.quotas.reduce((sum, { count }) => sum + count, 0);
  check(total * (rules.team_size || 1) <= 100000, 'too many places');
  const [subject, inspector] = tables.longest;
  const size = total * (256 + 2 * subject + (rules.team_size + 1) * (inspector + 3)) + 512 * rules.quotas.length;
  check(size <= 64000000, 'result.json might be too large');
  if (rules.assignment === 'none') return;
  const free = new Set(tables.free);
  const home = new Set(tables.free.filter((id) => isHome(rules, tables, id)));
  if (rules.assignment === 'teams') {
    check(free.size >= rules.teams * rules.team_size, 'too few inspectors for the teams');
    check(rules.home === null || home.size >= rules.teams, 'too few of the lead division for the teams');
  }
  checkRows(rules, tables, free, home);
}

/** Every row that may be drawn; those without conflict are all alike. */
function checkRows(rules, { subjects, conflicts }, free, home) {
  const drawn = new Set(rules.quotas.map(({ stratum }) => subjects.strata.indexOf(stratum)));
  const partakes = (row) => drawn.has(subjects.stratumAt[row]) && !subjects.isOut(row);
  const enough = rules.assignment === 'teams' || (free.size >= rules.team_size && (rules.home === null || home.size > 0));
  if (enough) {
    for (const [id, barred] of conflicts) if (partakes(subjects.indexOf(id))) checkOne(rules, id, [...barred], free, home);
    return;
  }
  for (let row = 0; row < subjects.size; row += 1) {
    if (partakes(row)) checkOne(rules, subjects.id(row), [...(conflicts.get(subjects.id(row)) ?? [])], free, home);
  }
}

function checkOne(rules, id, barred, free, home) {
  const bars = barred.filter((one) => free.has(one));
  if (rules.assignment === 'teams') {
    check(bars.length < rules.teams, `subject ${id}: conflicts with too many`);
    return;
  }
  check(free.size - bars.length >= rules.team_size, `subject ${id}: too few inspectors`);
  check(rules.home === null || home.size > bars.filter((one) => home.has(one)).length, `subject ${id}: nobody of the lead division`);
}
