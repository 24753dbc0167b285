/** One subject: its row, tickets, rank, why it was drawn or not, its Merkle path, and the commands to recompute all that by hand. */

import { allTickets } from './draw.js';
import { auditPath, leafHash, nodeHash } from './merkle.js';
import { seedText } from './opening.js';
import { fromHex, seededHash, toHex } from './sha256.js';
import { isAppointed } from './supplement.js';
import { modelOf, verifyBundle } from './verify.js';
import { NOT_BY_LOT, STATUS_WORDS, stratumWord } from './words.js';

/**
 * @typedef {{found: boolean, id: string, warning: string, row: string, rowNumber: number, stratum: string, status: string, lots: number,
 *   tickets: {lot: number, ticket: string}[], lot: number, ticket: string, rank: number | null, participants: number | null,
 *   quota: number | null, cutoff: string | null, selected: boolean, now: boolean, reason: string, history: string[],
 *   team: string[], appointed: string[], batch: number | null, leaf: string, root: string, merklePath: {side: 'left' | 'right', hash: string}[],
 *   commands: {title: string, command: string}[]}} Explanation
 */

function nothing(id, reason) {
  return {
    found: false, id, warning: '', row: '', rowNumber: 0, stratum: '', status: '', lots: 0, tickets: [], lot: 0, ticket: '', rank: null,
    participants: null, quota: null, cutoff: null, selected: false, now: false, reason, history: [], team: [], appointed: [], batch: null,
    leaf: '', root: '',
    merklePath: [], commands: [],
  };
}

/** Credit codes are written with capitals; people type what they like around them. */
function findIndex(tables, typed) {
  const id = typed.trim();
  for (const form of [id, id.toUpperCase()]) {
    if (tables.subjectOf.has(form)) return tables.subjects.items.indexOf(tables.subjectOf.get(form));
  }
  return -1;
}

function place(model, row) {
  const drawn = model.drawn || model.wouldHave;
  const pool = drawn ? drawn.pools.get(row.stratum) : undefined;
  if (!pool || row.kind === 'out') return null;
  const index = pool.findIndex((entry) => entry.row === row);
  const stratum = drawn.strata.find((item) => item.stratum === row.stratum);
  const selected = stratum.selected.some((item) => item.subject === row.id);
  const passed = stratum.passed.some((item) => item.subject === row.id);
  const ahead = stratum.passed.filter((item) => item.ticket < pool[index].ticket).length;
  return { drawn, entry: pool[index], rank: index + 1, stratum, selected, passed, ahead };
}

function whyNoTicket(model, row) {
  if (row.kind === 'out') return `该对象封存时列为“不参加抽取”（事由代码 ${row.code}），没有签号。`;
  if (!model.seal.rules.quotas.some(({ stratum }) => stratum === row.stratum)) return `该对象所在的${stratumWord(row.stratum)}本次不抽取。`;
  if (model.stage === 'void') return '本次抽取在献数完成之前已作废，没有签号。';
  return '本次抽取尚未开签，还没有签号。';
}

function whyDrawn(model, row, spot) {
  const { rank, stratum, selected, passed, ahead } = spot;
  const start = model.drawn ? '' : '本次抽取已作废，以下只是若不作废的结果。';
  const order = `签号在本分层 ${stratum.participants} 家中从小到大排第 ${rank} 位，应抽 ${stratum.quota} 家`;
  const moved = ahead ? `，前面有 ${ahead} 家免检免扰依规顺延` : '';
  if (selected) return `${start}${order}${moved}，所以抽中。`;
  if (passed) return `${start}${order}。排位在入选线以内，但该对象免检免扰（事由代码 ${row.code}），依规顺延，由后一家递补。`;
  const exempt = row.kind === 'exempt' ? `该对象免检免扰（事由代码 ${row.code}），且` : '';
  return `${start}${order}。${exempt}签号大于入选线，所以没有抽中。`;
}

/** What supplements did to this subject and its team. */
function historyOf(model, id) {
  const out = [];
  for (const { number, kind, subject, inspector, outcome, state, ground, approver } of model.supplements) {
    const name = `补充抽取 ${number}：`;
    if (subject === id && state === 'void') out.push(`${name}已作废，没有变更。`);
    if (!outcome) continue;
    if (kind === 'subject' && subject === id) out.push(`${name}由 ${outcome.subject} 顶替，不再检查该对象。`);
    if (kind === 'subject' && outcome.subject === id) out.push(`${name}顶替 ${subject}，从此列入检查。`);
    if (kind === 'inspector' && subject === id) out.push(`${name}检查人员 ${inspector} 由 ${outcome.inspector} 接替。`);
    if (kind === 'appointment' && subject === id) {
      const what = inspector ? `检查人员 ${inspector} 由 ${outcome.inspector} 接替` : `检查人员 ${outcome.inspector} 加入检查组`;
      out.push(`补充 ${number}：${what}，${NOT_BY_LOT}；理由：${ground}；批准人：${approver}。`);
    }
    if (kind === 'exchange' && subject === id) out.push(`${name}检查人员 ${inspector} 与 ${outcome.subject} 的 ${outcome.inspector} 互换。`);
    if (kind === 'exchange' && outcome.subject === id) out.push(`${name}检查人员 ${outcome.inspector} 与 ${subject} 的 ${inspector} 互换。`);
  }
  return out;
}

/** Appointments elsewhere of those who came to this team by an exchange: they are there not by lot either. */
function appointedElsewhere(model, id, appointed) {
  return model.supplements.filter((item) => item.kind === 'appointment' && item.subject !== id && appointed.includes(item.appointed))
    .map((item) => `补充 ${item.number}：检查人员 ${item.appointed} 原是 ${item.subject} 检查组的，${NOT_BY_LOT}；理由：${item.ground}；批准人：${item.approver}。`);
}

/** Who of a team came in after the seal, and who decided it. */
function joinedOf(model, team) {
  return model.supplements.flatMap(({ number, joining }) => (joining ? joining.inspectors.filter(([id]) => team.includes(id)) : [])
    .map(([id, unit]) => `补充 ${number}：检查人员 ${id} 是封存之后加入的，单位 ${unit}；理由：${joining.ground}；批准人：${joining.approver}。`));
}

/** Names and digits of MQ1 hold neither quotes nor % nor backslashes, so they stand in a printf format as they are. */
function ticketCommands(model, row, tickets) {
  const source = model.opened ? model.opened.reveal : model.voided && model.voided.voided;
  if (!tickets.length || !source) return [];
  const seed = (model.opened || model.voided).seed;
  const text = seedText(model.context.sealDigest, source.secret, source.contributions, source.beacon);
  const out = [
    { title: '封存指纹', command: 'sha256sum seal.json' },
    { title: '总种子', command: `printf '${text.replaceAll('\n', '\\n')}' | sha256sum` },
  ];
  for (const { lot } of tickets) out.push({ title: `第 ${lot} 支签的签号`, command: `printf '${seed}/subject/${row.id}/${lot}' | sha256sum` });
  return out;
}

function pathCommands(rowText, leaf, path) {
  const out = [{ title: '本行的指纹', command: `printf '\\000${rowText.replaceAll('\t', '\\t')}' | sha256sum` }];
  let hash = leaf;
  for (const [index, step] of path.entries()) {
    const pair = step.side === 'left' ? [step.hash, hash] : [hash, step.hash];
    const last = index === path.length - 1 ? '（应等于名册总指纹）' : '';
    out.push({ title: `第 ${index + 1} 层${last}`, command: `printf '01%s%s' ${pair[0]} ${pair[1]} | xxd -r -p | sha256sum` });
    hash = toHex(nodeHash(fromHex(pair[0]), fromHex(pair[1])));
  }
  return out;
}

function nowOf(model, id) {
  if (!model.standing) return { now: false, team: [], appointed: [], batch: null };
  const { standing } = model;
  const team = standing.teams.get(id);
  if (!team) return { now: false, team: [], appointed: [], batch: null };
  return { now: true, team: team.slice(), appointed: team.filter((name) => isAppointed(standing, id, name)), batch: standing.batches.get(id) };
}

function explain(model, index) {
  const { subjects } = model.tables;
  const row = subjects.items[index];
  const rowText = subjects.texts[index];
  const spot = place(model, row);
  const seed = spot && (model.opened || model.voided).seed;
  const tickets = spot ? allTickets(seededHash(seed), row) : [];
  const now = nowOf(model, row.id);
  const leaf = toHex(leafHash(subjects.rows[index]));
  const path = auditPath(subjects.levels, index);
  const status = row.code ? `${STATUS_WORDS[row.kind]}，事由代码 ${row.code}` : STATUS_WORDS[row.kind];
  return {
    found: true, id: row.id, warning: '', row: rowText, rowNumber: index + 1, stratum: row.stratum, status, lots: row.lots, tickets,
    lot: spot ? spot.entry.lot : 0, ticket: spot ? spot.entry.ticket : '', rank: spot && spot.rank,
    participants: spot && spot.stratum.participants, quota: spot && spot.stratum.quota, cutoff: spot && spot.stratum.cutoff,
    selected: Boolean(spot && spot.selected && model.drawn), reason: spot ? whyDrawn(model, row, spot) : whyNoTicket(model, row),
    history: [...historyOf(model, row.id), ...appointedElsewhere(model, row.id, now.appointed), ...joinedOf(model, now.team)],
    ...now, leaf, root: subjects.root,
    merklePath: path,
    commands: [...ticketCommands(model, row, tickets), ...pathCommands(rowText, leaf, path)],
  };
}

/**
 * Explains the lot of one subject. Uses the last check of these files, or makes one.
 * @param {Map<string, Uint8Array>} files
 * @param {string} id credit code or registration number
 * @returns {Promise<Explanation>}
 */
export async function explainSubject(files, id) {
  if (!modelOf(files)) await verifyBundle(files);
  const model = modelOf(files);
  if (!model) return nothing(id, '数据包的名册没有通过核对，无法说明单个对象的情况。');
  const index = findIndex(model.tables, id);
  if (index < 0) return nothing(id, '封存的检查对象名册中没有这个编号，它没有进入本次抽取。请核对是否输错。');
  const explanation = explain(model, index);
  if (model.verdict === 'refused') explanation.warning = '这份数据包没有通过核验，以下只是按其中内容重新计算所得，不能作准。';
  return explanation;
}
