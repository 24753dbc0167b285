/** The census on which a watchful reader acts; nothing here refuses a bundle. */

import { conflictCounter } from './seal.js';
import { beijing, duration, KIND_WORDS, STATUS_WORDS, stratumWord } from './words.js';
import { compareUtf8 } from './grammar.js';

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

function lineOfTime(name, sealedAt, openBy, openedAt, voidedAt) {
  const end = openedAt || voidedAt;
  const state = openedAt ? '开签' : '作废';
  return [name, beijing(sealedAt), end ? `${state} ${beijing(end)}` : '尚未开签', end ? duration(sealedAt, end) : '', end && end > openBy ? '逾期' : ''];
}

function timesTable(model) {
  const { seal, opened, voided, supplements } = model;
  const rows = [lineOfTime('抽取', seal.sealed_at, seal.open_by, opened && opened.reveal.opened_at, voided && voided.voided.voided_at)];
  for (const item of supplements) {
    rows.push(lineOfTime(`补充抽取 ${item.number}`, item.sealed_at, item.open_by, item.opened_at, item.voided_at));
  }
  return { title: '封存了多久', note: '时间为北京时间。', columns: ['场次', '封存', '结束', '历时', '提示'], rows };
}

function supplementTable(model) {
  const word = { opened: '已开签', void: '已作废', pending: '尚未开签' };
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
  for (const [subject, team] of standing.teams) {
    for (const inspector of team) {
      if (standing.unavailable.has(inspector)) absent.push([subject, inspector]);
      const barred = standing.conflicts.get(subject);
      if (barred && barred.has(inspector)) meeting.push([subject, inspector]);
    }
  }
  const columns = ['检查对象', '执法检查人员'];
  return [
    { title: '不能出勤却仍在组内', note: '应再作一次补充抽取。', columns, rows: absent },
    { title: '现有派员碰上回避关系', note: '应再作一次补充抽取。', columns, rows: meeting },
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
    conflictTable(model),
    spokenTable(model),
    timesTable(model),
    supplementTable(model),
    ...standingTables(model),
  ];
}
