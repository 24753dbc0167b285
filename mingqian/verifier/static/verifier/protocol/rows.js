/** The rows of a table as they stand in its bytes: a million rows are no objects. Order, widths, and cells that repeat. */

import { isWord } from './grammar.js';
import { textOf } from './json.js';
import { check, Refused } from './refusal.js';

const MOST_ROWS = 1000000;
const [TAB, NEWLINE] = [9, 10];

/** Bytes of a word that is ASCII; others are looked at as text. */
const PLAIN = Uint8Array.from({ length: 256 }, (_, byte) => Number(byte < 128 && isWord(String.fromCharCode(byte))));

/** The order of two runs of bytes. */
export function compareBytes(one, from, until, other, start, end) {
  const length = Math.min(until - from, end - start);
  for (let i = 0; i < length; i += 1) {
    const found = one[from + i] - other[start + i];
    if (found) return found;
  }
  return until - from - (end - start);
}

export class Rows {
  constructor(bytes, width, count) {
    Object.assign(this, { bytes, width, count, ends: new Uint32Array(count * width) });
  }

  from(row, cell) {
    const at = row * this.width + cell;
    return at ? this.ends[at - 1] + 1 : 0;
  }

  until(row, cell) {
    return this.ends[row * this.width + cell];
  }

  text(row, cell) {
    return textOf(this.bytes.subarray(this.from(row, cell), this.until(row, cell)));
  }

  compare(row, cell, other) {
    return compareBytes(this.bytes, this.from(row, cell), this.until(row, cell), this.bytes, this.from(other, cell), this.until(other, cell));
  }

  isWord(row, cell) {
    const [from, until] = [this.from(row, cell), this.until(row, cell)];
    for (let i = from; i < until; i += 1) if (!PLAIN[this.bytes[i]]) return isWord(this.text(row, cell));
    return until > from && until - from <= 64;
  }

  /** Where a row with this text in its first cell stands, -1 where none does: the rows are in order. */
  indexOf(bytes) {
    let [low, high] = [0, this.count - 1];
    while (low <= high) {
      const middle = (low + high) >> 1;
      const found = compareBytes(this.bytes, this.from(middle, 0), this.until(middle, 0), bytes, 0, bytes.length);
      if (!found) return middle;
      if (found < 0) low = middle + 1;
      else high = middle - 1;
    }
    return -1;
  }

  hash(from, until) {
    let found = 0x811c9dc5;
    for (let i = from; i < until; i += 1) found = Math.imul(found ^ this.bytes[i], 0x01000193);
    return found;
  }

  /**
   * A column whose cells repeat: its different texts in the order in which they come, and which of them each row has.
   * @returns {{values: string[], at: Uint32Array}}
   */
  column(cell) {
    const at = new Uint32Array(this.count);
    const values = [];
    const first = [];
    const known = new Map();
    for (let row = 0; row < this.count; row += 1) {
      if (row && !this.compare(row, cell, row - 1)) {
        at[row] = at[row - 1];
        continue;
      }
      const key = this.hash(this.from(row, cell), this.until(row, cell));
      const alike = known.get(key) ?? [];
      let found = alike.find((one) => !this.compare(row, cell, first[one]));
      if (found === undefined) {
        found = values.length;
        values.push(this.text(row, cell));
        first.push(row);
        known.set(key, [...alike, found]);
      }
      at[row] = found;
    }
    return { values, at };
  }
}

function countOf(bytes, name) {
  check(bytes.length <= 64 << 20, `${name}: too large`);
  let count = 0;
  for (let i = 0; i < bytes.length; i += 1) count += bytes[i] === NEWLINE;
  check(count <= MOST_ROWS, `${name}: too many rows`);
  try {
    textOf(bytes);
  } catch {
    throw new Refused(`${name}: not UTF-8`);
  }
  check(!bytes.length || bytes[bytes.length - 1] === NEWLINE, `${name}: no newline at the end`);
  return count;
}

/**
 * Reads where the cells of a table stand; refuses widths and order.
 * @param {Uint8Array} bytes
 * @param {string} name
 * @param {number} width cells of a row
 * @param {number} keys by how many cells the rows are sorted and unique
 * @returns {Rows}
 */
export function readRows(bytes, name, width, keys) {
  const rows = new Rows(bytes, width, countOf(bytes, name));
  let [at, cell] = [0, 0];
  for (let i = 0; i < bytes.length; i += 1) {
    const byte = bytes[i];
    if (byte !== TAB && byte !== NEWLINE) continue;
    cell += 1;
    check(byte === NEWLINE ? cell === width : cell < width, `${name}: width`);
    rows.ends[at] = i;
    at += 1;
    if (byte === NEWLINE) cell = 0;
  }
  for (let row = 1; row < rows.count; row += 1) {
    let found = rows.compare(row - 1, 0, row);
    for (let key = 1; key < keys && !found; key += 1) found = rows.compare(row - 1, key, row);
    check(found < 0, `${name} is not sorted and unique`);
  }
  return rows;
}
