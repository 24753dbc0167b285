/** After the draw: what a supplement may do, its candidates, its outcome, and the teams as they stand. */

import { canonicalize } from './canonical.js';
import { bestTicket } from './draw.js';
import { seededHash } from './sha256.js';

/**
 * The state of a draw that supplements change.
 * @typedef {{teams: Map<string, string[]>, batches: Map<string, number>, conflicts: Map<string, Set<string>>,
 *   unavailable: Set<string>, replacedAt: Map<string, Set<string>>, replacedSubjects: Set<string>, joined: Map<string, string>,
 *   appointed: Map<string, Set<string>>, ofHome: ((inspector: string) => boolean) | null}} Standing
 *   `joined`: the units of those who came after the seal (E2); `appointed`: members who are there not by lot (E3), by subject;
 *   `ofHome`: whether somebody is of the lead division (E1), null without one
 */

/**
 * @param {any[]} assignments
 * @param {Map<string, Set<string>>} conflicts copied, since supplements add to them
 * @param {any} rules
 * @param {any} tables
 * @returns {Standing}
 */
export function startStanding(assignments, conflicts, rules, tables) {
  const joined = new Map();
  const unitOf = (inspector) => (tables.inspectorOf.has(inspector) ? tables.inspectorOf.get(inspector).unit : joined.get(inspector));
  return {
    joined,
    appointed: new Map(),
    ofHome: rules.home ? (inspector) => unitOf(inspector) === rules.home : null,
    teams: new Map(assignments.map(({ subject, team }) => [subject, team.slice()])),
    batches: new Map(assignments.map(({ subject, batch }) => [subject, batch])),
    conflicts: new Map(Array.from(conflicts, ([subject, barred]) => [subject, new Set(barred)])),
    unavailable: new Set(),
    replacedAt: new Map(),
    replacedSubjects: new Set(),
  };
}

const has = (map, key, value) => map.has(key) && map.get(key).has(value);

function addTo(map, key, value) {
  if (!map.has(key)) map.set(key, new Set());
  map.get(key).add(value);
}

/** Who joins with a seal, its conflicts and absences hold from here on, also if the supplement is voided later. */
export function learn(standing, seal) {
  for (const [inspector, unit] of seal.joining ? seal.joining.inspectors : []) standing.joined.set(inspector, unit);
  for (const [subject, inspector] of seal.conflicts) addTo(standing.conflicts, subject, inspector);
  for (const inspector of seal.unavailable) standing.unavailable.add(inspector);
}

/** Whether `inspector` may newly come to `subject`. */
function mayCome(standing, subject, inspector) {
  return !standing.unavailable.has(inspector) && !has(standing.conflicts, subject, inspector)
    && !standing.teams.get(subject).includes(inspector) && !has(standing.replacedAt, subject, inspector);
}

/** @returns {boolean} whether the two are in conflict by now */
export function meets(standing, subject, inspector) {
  return has(standing.conflicts, subject, inspector);
}

/** @returns {boolean} whether a member of a subject's team is there not by lot */
export function isAppointed(standing, subject, inspector) {
  return has(standing.appointed, subject, inspector);
}

/** Whether somebody is the only member of the lead division in a team (E1). */
function onlyOfHome(standing, team, inspector) {
  const { ofHome } = standing;
  return ofHome !== null && ofHome(inspector) && team.filter(ofHome).length === 1;
}

/**
 * Candidates for the place of `seal.inspector` in the team of `seal.subject`, a selected subject.
 * @returns {{subject: string, inspector: string, suffix: string}[]}
 */
export function inspectorCandidates(standing, seal, tables) {
  const inside = tables.inspectors.items.filter((row) => row.kind === 'in').map((row) => row.id);
  const bound = onlyOfHome(standing, standing.teams.get(seal.subject), seal.inspector);
  return [...inside, ...standing.joined.keys()]
    .filter((id) => mayCome(standing, seal.subject, id) && (!bound || standing.ofHome(id)))
    .map((id) => ({ subject: seal.subject, inspector: id, suffix: `/inspector/1/${id}` }));
}

/** Whether a team loses its last member of the lead division when `come` takes the place of `go`. */
function losesHome(standing, team, go, come) {
  return onlyOfHome(standing, team, go) && !standing.ofHome(come);
}

/** How many candidates a lot would have without those who join with this very seal (E2). */
export function countWithoutJoining(candidates, seal) {
  const joiners = new Set((seal.joining ? seal.joining.inspectors : []).map(([id]) => id));
  return candidates.filter(({ inspector }) => !joiners.has(inspector)).length;
}

function exchangeCandidates(standing, seal) {
  const out = [];
  const here = standing.teams.get(seal.subject);
  for (const [subject, team] of standing.teams) {
    if (subject === seal.subject || !mayCome(standing, subject, seal.inspector)) continue;
    for (const inspector of team) {
      const able = mayCome(standing, seal.subject, inspector)
        && !losesHome(standing, here, seal.inspector, inspector) && !losesHome(standing, team, inspector, seal.inspector);
      if (able) out.push({ subject, inspector, suffix: `/exchange/${subject}/${inspector}` });
    }
  }
  return out;
}

function subjectCandidates(standing, seal, tables) {
  const { stratum } = tables.subjectOf.get(seal.subject);
  return tables.subjects.items
    .filter((row) => row.kind === 'in' && row.stratum === stratum && !standing.teams.has(row.id) && !standing.replacedSubjects.has(row.id))
    .map((row) => ({ subject: row.id, inspector: '', row }));
}

/**
 * The candidates of a supplement, after `learn`; notes a problem where it should not have been sealed.
 * @returns {any[] | null}
 */
export function findCandidates(report, file, standing, seal, tables) {
  const team = standing.teams.get(seal.subject);
  if (!report.check(team, 'not-selected', file, `${file} 的检查对象 ${seal.subject} 此时不在抽中之列`)) return null;
  if (seal.kind !== 'subject'
    && !report.check(team.includes(seal.inspector), 'not-in-team', file, `${file} 的执法检查人员 ${seal.inspector} 不在该检查组中`)) return null;
  if (seal.kind === 'exchange' && !report.check(has(standing.conflicts, seal.subject, seal.inspector), 'exchange-no-conflict', file,
    `${file}：互换须有回避关系，而 ${seal.subject} 与 ${seal.inspector} 之间没有`)) return null;
  const find = { inspector: inspectorCandidates, exchange: exchangeCandidates, subject: subjectCandidates }[seal.kind];
  const candidates = find(standing, seal, tables);
  if (seal.joining) {
    const own = countWithoutJoining(candidates, seal);
    report.check(own < 2, 'joining-needless', file, `${file}：没有人加入也有候选 ${own} 个，不应加入`);
  }
  return report.check(candidates.length >= 2, 'candidates', file, `${file}：候选只有 ${candidates.length} 个，不足两个，不应封存`)
    ? candidates : null;
}

/**
 * The candidate with the smallest ticket.
 * @returns {{subject: string, inspector: string, ticket: string}}
 */
export function chooseCandidate(candidates, seed) {
  const hash = seededHash(seed);
  let best = null;
  for (const { subject, inspector, suffix, row } of candidates) {
    const ticket = row ? bestTicket(hash, row).ticket : hash(suffix);
    if (!best || ticket < best.ticket) best = { subject, inspector, ticket };
  }
  return best;
}

/** Moves the mark of an appointed member to another subject's team, or takes it away with `to` null. */
function moveMark(standing, from, inspector, to) {
  if (!isAppointed(standing, from, inspector)) return;
  standing.appointed.get(from).delete(inspector);
  if (to !== null) addTo(standing.appointed, to, inspector);
}

/** Carries an appointment (E3) out. */
export function appoint(standing, seal) {
  const team = standing.teams.get(seal.subject);
  if (seal.inspector === '') {
    team.push(seal.appointed);
  } else {
    team[team.indexOf(seal.inspector)] = seal.appointed;
    addTo(standing.replacedAt, seal.subject, seal.inspector);
    moveMark(standing, seal.subject, seal.inspector, null);
  }
  addTo(standing.appointed, seal.subject, seal.appointed);
}

/** Carries the outcome out: who is replaced gives his place in the team, and with the first place the lead. */
export function carryOut(standing, seal, chosen) {
  const team = standing.teams.get(seal.subject);
  if (seal.kind === 'subject') {
    standing.teams.delete(seal.subject);
    standing.teams.set(chosen.subject, team);
    standing.batches.set(chosen.subject, standing.batches.get(seal.subject));
    standing.batches.delete(seal.subject);
    standing.replacedSubjects.add(seal.subject);
    for (const inspector of team) moveMark(standing, seal.subject, inspector, chosen.subject);
    return;
  }
  team[team.indexOf(seal.inspector)] = chosen.inspector;
  if (seal.kind === 'inspector') {
    addTo(standing.replacedAt, seal.subject, seal.inspector);
    moveMark(standing, seal.subject, seal.inspector, null);
  } else {
    const other = standing.teams.get(chosen.subject);
    other[other.indexOf(chosen.inspector)] = seal.inspector;
    moveMark(standing, seal.subject, seal.inspector, chosen.subject);
    moveMark(standing, chosen.subject, chosen.inspector, seal.subject);
  }
}

/**
 * @returns {string} the text of a supplement's result.json
 */
export function supplementResultText(seal, sealDigest, revealDigest, seed, candidates, chosen) {
  return canonicalize({
    protocol: 'MQ1', draw_id: seal.draw_id, number: seal.number, seal: sealDigest, reveal: revealDigest, seed,
    candidates: candidates.length, subject: chosen.subject, inspector: chosen.inspector, ticket: chosen.ticket,
  });
}
