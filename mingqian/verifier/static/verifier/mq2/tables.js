/** The three tables of a bundle: rows, their order and grammar, and the Merkle root over them (RFC 6962). */

import { utf8 } from '../protocol/sha256.js';
import { compare, compareAll, isWord } from './grammar.js';
import { textOf } from './json.js';
import { check, Refused } from './refusal.js';
import { rootOf } from './tree.js';

export const TABLES = ['subjects.tsv', 'inspectors.tsv', 'conflicts.tsv'];
const WIDTHS = { 'subjects.tsv': 4, 'inspectors.tsv': 3, 'conflicts.tsv': 2 };
const MOST_ROWS = 1000000;

function isStatus(text, words) {
  if (text === 'in') return true;
  const at = text.indexOf(':');
  return at > 0 && words.includes(text.slice(0, at)) && isWord(text.slice(at + 1));
}

const FITS = {
  'subjects.tsv': ([id, stratum, lots, status]) => isWord(id) && isWord(stratum) && /^[1-9]$/.test(lots) && isStatus(status, ['exempt', 'out']),
  'inspectors.tsv': ([id, unit, status]) => isWord(id) && isWord(unit) && isStatus(status, ['out']),
  'conflicts.tsv': ([subject, inspector]) => isWord(subject) && isWord(inspector),
};

/** The rows of a table as lists of cells, and their bytes. */
function rowsOf(bytes, name) {
  check(bytes.length <= 64 << 20, `${name}: too large`);
  let count = 0;
  for (const byte of bytes) count += byte === 10;
  check(count <= MOST_ROWS, `${name}: too many rows`);
  let text;
  try {
    text = textOf(bytes);
  } catch {
    throw new Refused(`${name}: not UTF-8`);
  }
  check(!text || text.endsWith('\n'), `${name}: no newline at the end`);
  const rows = text.split('\n');
  rows.pop();
  const cells = rows.map((row) => row.split('\t'));
  for (const row of cells) check(row.length === WIDTHS[name], `${name}: width`);
  const order = name === 'conflicts.tsv' ? compareAll : (one, other) => compare(one[0], other[0]);
  for (let i = 1; i < cells.length; i += 1) check(order(cells[i - 1], cells[i]) < 0, `${name} is not sorted and unique`);
  for (const row of cells) check(FITS[name](row), `${name}: ${row[0]}`);
  return [rows, cells];
}

const longest = (keys) => keys.reduce((most, key) => Math.max(most, utf8(key).length), 0);

/** Reads the three tables; conflicts speak of rows that are there. */
export function readTables(files) {
  const roots = {};
  const read = {};
  for (const name of TABLES) {
    const [rows, cells] = rowsOf(files.get(name), name);
    roots[name] = { root: rootOf(files.get(name)), count: rows.length };
    read[name] = cells;
  }
  const subjects = new Map(read['subjects.tsv'].map(([id, stratum, lots, status]) => [id, { stratum, lots: Number(lots), status }]));
  const inspectors = new Map(read['inspectors.tsv'].map(([id, unit, status]) => [id, { unit, status }]));
  const conflicts = new Map();
  for (const [subject, inspector] of read['conflicts.tsv']) {
    check(subjects.has(subject) && inspectors.has(inspector), 'conflicts.tsv: unknown id');
    if (!conflicts.has(subject)) conflicts.set(subject, new Set());
    conflicts.get(subject).add(inspector);
  }
  const free = [...inspectors].filter(([, row]) => row.status === 'in').map(([id]) => id);
  return { subjects, inspectors, conflicts, roots, free, longest: [longest([...subjects.keys()]), longest([...inspectors.keys()])] };
}

export const isOut = (row) => row.status.startsWith('out');
