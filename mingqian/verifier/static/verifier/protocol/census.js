/** The census on which a watchful reader acts; nothing here refuses a bundle. */

import { conflictCounter } from './seal.js';
import { compareUtf8 } from './grammar.js';
import { isAppointed } from './supplement.js';
import { beijing, duration, KIND_WORDS, NOT_BY_LOT, STATUS_WORDS, stratumWord } from './words.js';

/**
 * @typedef {{title: string, note: string, columns: string[], rows: string[][]}} CensusTable
 */

function tally(items, key) {
  const counts = new Map();
  for (const item of items) counts.set(key(item), (counts.get(key(item)) || 0) + 1);
  return Array.from(counts).sort((a, b) => compareUtf8(a[0], b[0]));
}

function statusWord(status) {
  const [kind, code] = status.split(':');
  return code ? `${STATUS_WORDS[kind]}：${code}` : STATUS_WORDS[kind];
}

function statusTable(title, items) {
  const rows = tally(items, (row) => row.status).map(([status, count]) => [statusWord(status), String(count)]);
  return { title, note: '', columns: ['状态', '行数'], rows };
}

function strataTable(model) {
  const quotas = new Map(model.seal.rules.quotas.map(({ stratum, count }) => [stratum, count]));
  const taking = new Map(tally(model.tables.subjects.items.filter((row) => row.kind !== 'out'), (row) => row.stratum));
  const rows = tally(model.tables.subjects.items, (row) => row.stratum).map(([stratum, count]) => [
    stratumWord(stratum), String(count), String(taking.get(stratum) || 0), quotas.has(stratum) ? String(quotas.get(stratum)) : '不抽取',
    count === 1 ? '只有一行' : '',
  ]);
  return { title: '分层', note: '只有一行的分层，抽中与否没有悬念。', columns: ['分层', '行数', '其中参加', '应抽数', '提示'], rows };
}

/** How many inspectors the least free subject could meet. */
function leastFree(model) {
  const { tables, seal, conflicts } = model;
  const strata = new Set(seal.rules.quotas.map(({ stratum }) => stratum));
  const inside = tables.inspectors.items.filter((row) => row.kind === 'in').length;
  const hits = conflictCounter(tables, conflicts);
  let least = null;
  for (const row of tables.subjects.items) {
    if (row.kind === 'out' || !strata.has(row.stratum)) continue;
    const free = inside - hits(row.id);
    if (!least || free < least.free) least = { free, subject: row.id };
  }
  const rows = least ? [[least.subject, String(least.free), String(inside)]] : [];
  return { title: '回避最多的检查对象', note: '可派的人越少，派谁就越没有悬念。', columns: ['检查对象', '可派人数', '参加抽取的执法检查人员'], rows };
}

function conflictTable(model) {
  const later = model.supplements.flatMap((supplement) => supplement.conflicts.map((pair) => pair[1]));
  const atSeal = new Map(tally(model.tables.conflicts.items, (pair) => pair[1]));
  const after = new Map(tally(later, (inspector) => inspector));
  const ids = Array.from(new Set([...atSeal.keys(), ...after.keys()])).sort(compareUtf8);
  const rows = ids.map((id) => [id, String(atSeal.get(id) || 0), String(after.get(id) || 0)]);
  return { title: '每名执法检查人员的回避数', note: '', columns: ['执法检查人员', '封存时', '其后列出'], rows };
}

function spokenTable(model) {
  const { opened, voided, supplements } = model;
  const rows = [];
  const add = (where, spoken) => spoken.forEach((item, index) => rows.push([where, String(index + 1), item.witness, item.digits, item.receipt]));
  add('抽取', (opened || voided || { spoken: [] }).spoken);
  for (const supplement of supplements) add(`补充抽取 ${supplement.number}`, supplement.spoken);
  return { title: '谁献了数', note: '', columns: ['场次', '次序', '抽取监督人', '献数', '回执'], rows };
}

/** E1: how much choice the lot had for the lead. */
function homeTable(model) {
  const { tables, seal, conflicts } = model;
  const { home } = seal.rules;
  if (!home) return [];
  const able = tables.inspectors.items.filter((row) => row.kind === 'in' && row.unit === home);
  const strata = new Set(seal.rules.quotas.map(({ stratum }) => stratum));
  let least = null;
  for (const row of tables.subjects.items) {
    if (row.kind === 'out' || !strata.has(row.stratum)) continue;
    const barred = conflicts.get(row.id);
    const free = barred ? able.filter(({ id }) => !barred.has(id)).length : able.length;
    if (!least || free < least.free) least = { free, subject: row.id };
  }
  const columns = ['单位', '可派的执法检查人员', '可派人数最少的检查对象', '其可派人数'];
  const rows = least ? [[home, String(able.length), least.subject, String(least.free)]] : [];
  return [{ title: '牵头科室', note: '每组的组长由抽签从牵头科室产生，可派的人越少，越没有悬念。', columns, rows }];
}

/** What the table of inspectors says of who joined. */
function sealedAs(model, id) {
  const row = model.tables.inspectorOf.get(id);
  return row ? statusWord(row.status) : '不在名册中';
}

/** E2 and E3: who is not there by the draw's own lot. Nothing where there is nobody. */
function outsideTables(model) {
  const appointed = model.supplements.filter(({ kind }) => kind === 'appointment');
  const joined = model.supplements.flatMap(({ number, joining }) => (joining ? joining.inspectors : [])
    .map(([id, unit]) => [`补充 ${number}`, id, unit, sealedAs(model, id), joining.ground, joining.approver]));
  const out = [];
  if (appointed.length) {
    out.push({
      title: NOT_BY_LOT, note: '由主要领导决定，没有抽签。', columns: ['场次', '检查对象', '被更换', '被委派', '理由', '批准人'],
      rows: appointed.map((item) => [`补充 ${item.number}`, item.subject, item.inspector || '—', item.appointed, item.ground, item.approver]),
    });
  }
  if (joined.length) {
    out.push({
      title: '封存之后加入的执法检查人员', note: '名册封存时没有他们，或者列为不参加抽取。',
      columns: ['场次', '执法检查人员', '单位', '封存时', '理由', '批准人'], rows: joined,
    });
  }
  return out;
}

function lineOfTime(name, sealedAt, openBy, openedAt, voidedAt) {
  const end = openedAt || voidedAt;
  const state = openedAt ? '开签' : '作废';
  return [name, beijing(sealedAt), end ? `${state} ${beijing(end)}` : '尚未开签', end ? duration(sealedAt, end) : '', end && end > openBy ? '逾期' : ''];
}

function timesTable(model) {
  const { seal, opened, voided, supplements } = model;
  const rows = [lineOfTime('抽取', seal.sealed_at, seal.open_by, opened && opened.reveal.opened_at, voided && voided.voided.voided_at)];
  for (const item of supplements) {
    if (item.kind === 'appointment') rows.push([`补充 ${item.number}`, beijing(item.sealed_at), '直接委派，不抽签', '', '']);
    else rows.push(lineOfTime(`补充抽取 ${item.number}`, item.sealed_at, item.open_by, item.opened_at, item.voided_at));
  }
  return { title: '封存了多久', note: '时间为北京时间。', columns: ['场次', '封存', '结束', '历时', '提示'], rows };
}

function supplementTable(model) {
  const word = { opened: '已开签', void: '已作废', pending: '尚未开签', appointed: '非抽签产生' };
  const rows = tally(model.supplements, (item) => `${KIND_WORDS[item.kind]}\t${item.reason}\t${word[item.state]}`)
    .map(([key, count]) => [...key.split('\t'), String(count)]);
  if (model.voided) rows.unshift(['原抽取', model.voided.voided.reason, '已作废', '1']);
  return { title: '补充抽取与作废', note: '同一事由反复出现值得留意。', columns: ['种类', '事由', '状态', '次数'], rows };
}

function standingTables(model) {
  const { standing } = model;
  if (!standing) return [];
  const absent = [];
  const meeting = [];
  const appointed = [];
  for (const [subject, team] of standing.teams) {
    for (const inspector of team) {
      if (standing.unavailable.has(inspector)) absent.push([subject, inspector]);
      const barred = standing.conflicts.get(subject);
      if (barred && barred.has(inspector)) meeting.push([subject, inspector]);
      if (isAppointed(standing, subject, inspector)) appointed.push([subject, inspector]);
    }
  }
  const columns = ['检查对象', '执法检查人员'];
  return [
    { title: '不能出勤却仍在组内', note: '应再作一次补充抽取。', columns, rows: absent },
    { title: '现有派员碰上回避关系', note: '应再作一次补充抽取。', columns, rows: meeting },
    ...(appointed.length ? [{ title: '检查组中非抽签产生的人员', note: '', columns, rows: appointed }] : []),
  ];
}

/**
 * @param {any} model of a checked bundle
 * @returns {CensusTable[]}
 */
export function takeCensus(model) {
  const { subjects, inspectors } = model.tables;
  const lots = tally(subjects.items, (row) => String(row.lots)).map(([count, rows]) => [`${count} 支签`, String(rows)]);
  return [
    statusTable('检查对象的状态', subjects.items),
    { title: '签数', note: '签数多的对象更容易抽中（如屡被投诉举报的）。', columns: ['签数', '行数'], rows: lots },
    strataTable(model),
    statusTable('执法检查人员的状态', inspectors.items),
    leastFree(model),
    ...homeTable(model),
    conflictTable(model),
    spokenTable(model),
    timesTable(model),
    supplementTable(model),
    ...outsideTables(model),
    ...standingTables(model),
  ];
}
