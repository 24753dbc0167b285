/** The three tables of a bundle: rows, their order and grammar, and the Merkle root over them (RFC 6962). */

import { TABLES } from './files.js';
import { isWord } from './grammar.js';
import { check } from './refusal.js';
import { readRows } from './rows.js';
import { Subjects } from './subjects.js';
import { rootOf } from './merkle.js';

function isStatus(text, words) {
  if (text === 'in') return true;
  const at = text.indexOf(':');
  return at > 0 && words.includes(text.slice(0, at)) && isWord(text.slice(at + 1));
}

/** Refuses the first row whose id is no word or one of whose further cells does not fit: `columns` with what holds for their texts. */
function checkCells(rows, name, columns) {
  const fits = columns.map(([{ values, at }, holds]) => [at, values.map(holds)]);
  for (let row = 0; row < rows.count; row += 1) {
    let fine = rows.isWord(row, 0);
    for (const [at, holds] of fits) fine &&= holds[at[row]];
    if (!fine) check(false, `${name}: ${rows.text(row, 0)}`);
  }
}

function readSubjects(bytes, name) {
  const subjects = new Subjects(readRows(bytes, name, 4, 1));
  checkCells(subjects.rows, name, [
    [{ values: subjects.strata, at: subjects.stratumAt }, isWord],
    [{ values: subjects.lotTexts, at: subjects.lotsAt }, (lots) => /^[1-9]$/.test(lots)],
    [{ values: subjects.statuses, at: subjects.statusAt }, (status) => isStatus(status, ['exempt', 'out'])],
  ]);
  return subjects;
}

function readInspectors(bytes, name) {
  const rows = readRows(bytes, name, 3, 1);
  const [units, status] = [rows.column(1), rows.column(2)];
  checkCells(rows, name, [[units, isWord], [status, (text) => isStatus(text, ['out'])]]);
  const inspectors = new Map();
  for (let row = 0; row < rows.count; row += 1) inspectors.set(rows.text(row, 0), { unit: units.values[units.at[row]], status: status.values[status.at[row]] });
  return [inspectors, rows];
}

/** Conflicts speak of rows that are there; by subject, whose rows stand together. */
function readConflicts(bytes, name, subjects, inspectors) {
  const rows = readRows(bytes, name, 2, 2);
  const [barred, own] = [rows.column(1), rows.column(0)];
  checkCells(rows, name, [[barred, isWord]]);
  check(own.values.every((id) => subjects.has(id)) && barred.values.every((id) => inspectors.has(id)), 'conflicts.tsv: unknown id');
  const sets = own.values.map(() => new Set());
  for (let row = 0; row < rows.count; row += 1) sets[own.at[row]].add(barred.values[barred.at[row]]);
  return [new Map(own.values.map((id, i) => [id, sets[i]])), rows];
}

function longest(rows) {
  let most = 0;
  for (let row = 0; row < rows.count; row += 1) most = Math.max(most, rows.until(row, 0) - rows.from(row, 0));
  return most;
}

/** Reads the three tables. */
export function readTables(files) {
  const roots = {};
  const told = (name, rows) => { roots[name] = { root: rootOf(rows), count: rows.count }; };
  const bytesOf = (name) => files.get(name);
  const subjects = readSubjects(bytesOf(TABLES[0]), TABLES[0]);
  told(TABLES[0], subjects.rows);
  const [inspectors, people] = readInspectors(bytesOf(TABLES[1]), TABLES[1]);
  told(TABLES[1], people);
  const [conflicts, pairs] = readConflicts(bytesOf(TABLES[2]), TABLES[2], subjects, inspectors);
  told(TABLES[2], pairs);
  const free = [...inspectors].filter(([, row]) => row.status === 'in').map(([id]) => id);
  return { subjects, inspectors, conflicts, roots, free, longest: [longest(subjects.rows), longest(people)] };
}
