/** The three tables: rows, grammar, order, roots. */

import { decodeUtf8 } from './canonical.js';
import { comparePairs, compareUtf8, isWord } from './grammar.js';
import { buildTree } from './merkle.js';
import { codeLine } from './report.js';
import { digestHex } from './sha256.js';
import { FILE_TITLES } from './words.js';

const SUBJECT_STATUS = /^(in|exempt|out)(?::(.*))?$/s;
const MOST_ROWS_NAMED = 10;

/**
 * @typedef {{id: string, stratum: string, lots: number, status: string, kind: 'in' | 'exempt' | 'out', code: string}} SubjectRow
 * @typedef {{id: string, unit: string, status: string, kind: 'in' | 'out', code: string}} InspectorRow
 * @typedef {{rows: Uint8Array[], texts: string[], root: string, levels: Uint8Array[][]}} Table
 */

/** Splits a table into rows without their line feed; null where the last row has none. */
function splitRows(bytes) {
  const rows = [];
  let start = 0;
  for (let end = bytes.indexOf(10); end >= 0; end = bytes.indexOf(10, start)) {
    rows.push(bytes.subarray(start, end));
    start = end + 1;
  }
  return start === bytes.length ? rows : null;
}

function parseStatus(text, kinds) {
  const match = SUBJECT_STATUS.exec(text);
  if (!match || !kinds.includes(match[1])) return null;
  const [, kind, code] = match;
  if (kind === 'in') return code === undefined ? { kind, code: '' } : null;
  return isWord(code) ? { kind, code } : null;
}

function parseSubject(fields) {
  const [id, stratum, lots, status] = fields;
  const state = fields.length === 4 && isWord(id) && isWord(stratum) && /^[1-9]$/.test(lots)
    ? parseStatus(status, ['in', 'exempt', 'out']) : null;
  return state && { id, stratum, lots: Number(lots), status, ...state };
}

function parseInspector(fields) {
  const [id, unit, status] = fields;
  const state = fields.length === 3 && isWord(id) && isWord(unit) ? parseStatus(status, ['in', 'out']) : null;
  return state && { id, unit, status, ...state };
}

function parseConflict(fields) {
  return fields.length === 2 && fields.every(isWord) ? fields : null;
}

const byId = (a, b) => compareUtf8(a.id, b.id);

async function parseRows(report, file, texts, parse, compare) {
  const items = [];
  let named = 0;
  let sorted = true;
  for (const [index, text] of texts.entries()) {
    const item = parse(text.split('\t'));
    const previous = items[items.length - 1];
    if (!item) {
      named += 1;
      if (named <= MOST_ROWS_NAMED) report.problem('table-row', file, `${file} 第 ${index + 1} 行不合规范：${shown(text)}`, index + 1);
    } else if (sorted && previous && compare(previous, item) >= 0) {
      sorted = false;
      const what = compare(previous, item) === 0 ? '与上一行编号重复' : '未按编号排序';
      report.problem('table-order', file, `${file} 第 ${index + 1} 行${what}：${shown(text)}`, index + 1);
    }
    if (item) items.push(item);
    if ((index & 1023) === 1023) await report.pause(index, texts.length);
  }
  if (named > MOST_ROWS_NAMED) report.problem('table-row', file, `${file} 还有 ${named - MOST_ROWS_NAMED} 行不合规范`);
  return items;
}

/** A row for a message: tabs as spaces, hidden characters by number, not too long. */
function shown(text) {
  const plain = text.replaceAll('\t', ' ⇥ ').replace(/[\u0000-\u001F\u007F-\u009F\u2028-\u202E\u2066-\u2069\uFEFF]/g,
    (char) => `〈U+${char.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}〉`);
  return plain.length > 120 ? `${plain.slice(0, 120)}…` : plain;
}

/**
 * Reads a table and its tree, independent of the seal.
 * @returns {Promise<(Table & {items: any[]}) | null>}
 */
async function readTable(report, file, bytes, parse, compare) {
  report.label = `正在计算${FILE_TITLES[file]}的指纹`;
  const rows = splitRows(bytes);
  if (!report.check(rows, 'table-row', file, `${file} 最后一行没有换行符`)) return null;
  const text = report.form('table-row', file, () => decodeUtf8(bytes));
  if (text === null) return null;
  const texts = text.split('\n').slice(0, -1);
  const items = await parseRows(report, file, texts, parse, compare);
  const tree = await buildTree(rows, (done, total) => report.pause(done, total));
  // The last hash of the tree once more by WebCrypto: a fault of our own SHA-256 would show here.
  const again = await digestHex(tree.top);
  report.check(again === tree.root, 'engine', file, '本机两种计算方法的结果不一致，请换一个浏览器');
  return { rows, texts, items, root: tree.root, levels: tree.levels };
}

function checkAgainstSeal(report, file, table, sealed) {
  const title = FILE_TITLES[file];
  report.check(sealed.count === table.rows.length, 'table-root', file,
    `${title}封存时为 ${sealed.count} 行，现有 ${table.rows.length} 行`);
  report.check(sealed.root === table.root, 'table-root', file, `${title}的总指纹与封存时不同`);
}

function checkPairs(report, pairs, subjects, inspectors) {
  const bad = pairs.findIndex(([subject, inspector]) => !subjects.has(subject) || !inspectors.has(inspector));
  report.check(bad < 0, 'conflict-id', 'conflicts.tsv',
    bad < 0 ? '' : `conflicts.tsv 第 ${bad + 1} 行的编号不在名册中：${pairs[bad].join(' ⇥ ')}`, bad + 1);
}

/**
 * Reads and checks the three tables against the seal.
 * @param {import('./report.js').Report} report
 * @param {Map<string, Uint8Array>} files
 * @param {any} seal checked seal.json
 * @returns {Promise<any>} tables with `subjects`, `inspectors`, `pairs`, indexes by id, or null
 */
export async function checkTables(report, files, seal) {
  const before = report.count;
  const load = (file, parse, compare) => readTable(report, file, files.get(file), parse, compare);
  const subjects = await load('subjects.tsv', parseSubject, byId);
  const inspectors = await load('inspectors.tsv', parseInspector, byId);
  const conflicts = await load('conflicts.tsv', parseConflict, comparePairs);
  const lines = [];
  for (const [key, table] of Object.entries({ subjects, inspectors, conflicts })) {
    if (!table) continue;
    checkAgainstSeal(report, `${key}.tsv`, table, seal[key]);
    lines.push(codeLine(`${FILE_TITLES[`${key}.tsv`]}（${table.rows.length} 行）`, table.root));
    if (table.root !== seal[key].root) lines.push(codeLine(`　封存时所记（${seal[key].count} 行）`, seal[key].root));
  }
  let tables = null;
  if (subjects && inspectors && conflicts) {
    const subjectOf = new Map(subjects.items.map((row) => [row.id, row]));
    const inspectorOf = new Map(inspectors.items.map((row) => [row.id, row]));
    checkPairs(report, conflicts.items, subjectOf, inspectorOf);
    tables = { subjects, inspectors, conflicts, subjectOf, inspectorOf };
  }
  report.step('三张名册与封存时一致', '把名册逐行重新计算，得到的总指纹应与封存文件所记的相同：一行都没有增、删、改。', lines, before);
  return report.count === before ? tables : null;
}

/**
 * @param {string[][]} pairs
 * @returns {Map<string, Set<string>>} inspectors in conflict, by subject
 */
export function conflictMap(pairs) {
  const map = new Map();
  for (const [subject, inspector] of pairs) {
    if (!map.has(subject)) map.set(subject, new Set());
    map.get(subject).add(inspector);
  }
  return map;
}
