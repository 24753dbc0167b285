/** The Merkle tree over the rows of a table (RFC 6962), level by level, each a run of hashes of eight words: a million rows are no objects. */

import { hashLeaf, hashNode, wordsHex } from '../protocol/sha256.js';

const EMPTY = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';

function leavesOf(rows) {
  const leaves = new Int32Array(8 * rows.count);
  for (let row = 0; row < rows.count; row += 1) hashLeaf(rows.bytes, rows.from(row, 0), rows.until(row, rows.width - 1), leaves, 8 * row);
  return leaves;
}

/** A node without a neighbour rises as it is, which is RFC 6962's split at a power of two. */
function above(level) {
  const count = level.length / 8;
  const next = new Int32Array(8 * Math.ceil(count / 2));
  for (let i = 0; i + 1 < count; i += 2) hashNode(level, 8 * i, next, 4 * i);
  if (count % 2) next.set(level.subarray(8 * (count - 1)), next.length - 8);
  return next;
}

/**
 * @param {import('./rows.js').Rows} rows
 * @returns {Int32Array[]} from the leaves upwards; of an empty table one empty level
 */
export function treeOf(rows) {
  const levels = [leavesOf(rows)];
  while (levels[levels.length - 1].length > 8) levels.push(above(levels[levels.length - 1]));
  return levels;
}

/** The Merkle tree hash of a table, in hex. */
export function rootOf(rows) {
  let level = leavesOf(rows);
  while (level.length > 8) level = above(level);
  return level.length ? wordsHex(level, 0) : EMPTY;
}

/**
 * Audit path of a row, from the leaf upwards.
 * @param {Int32Array[]} levels of `treeOf`
 * @param {number} index
 * @returns {{side: 'left' | 'right', hash: string}[]} on which side the other hash stands
 */
export function auditPath(levels, index) {
  const path = [];
  let at = index;
  for (const level of levels.slice(0, -1)) {
    const other = at % 2 ? at - 1 : at + 1;
    if (8 * other < level.length) path.push({ side: at % 2 ? 'left' : 'right', hash: wordsHex(level, 8 * other) });
    at = Math.floor(at / 2);
  }
  return path;
}
