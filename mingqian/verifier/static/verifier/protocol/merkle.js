/**
 * Merkle trees (RFC 6962): those over the rows of a table, level by level, each a run of hashes of eight words, for a million rows are no objects;
 * inclusion and consistency proofs of a log (RFC 9162, 2.1.3 and 2.1.4).
 */

import { fromHex, hashLeaf, hashNode, sha256, toHex, wordsHex } from './sha256.js';

const EMPTY = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';

/**
 * Leaf hash: SHA-256(0x00 ‖ data).
 * @param {Uint8Array} data
 * @returns {Uint8Array}
 */
export function leafHash(data) {
  const input = new Uint8Array(data.length + 1);
  input.set(data, 1);
  return sha256(input);
}

/**
 * Node hash: SHA-256(0x01 ‖ left ‖ right).
 * @param {Uint8Array} left
 * @param {Uint8Array} right
 * @returns {Uint8Array}
 */
export function nodeHash(left, right) {
  const input = new Uint8Array(65);
  input[0] = 1;
  input.set(left, 1);
  input.set(right, 33);
  return sha256(input);
}

/**
 * RFC 9162, 2.1.3.2.
 * @param {Uint8Array} leaf leaf hash
 * @param {number} index
 * @param {number} size entries in the tree
 * @param {string[]} proof hex hashes
 * @param {string} root hex
 * @returns {boolean}
 */
export function checkInclusion(leaf, index, size, proof, root) {
  if (index >= size) return false;
  let [fn, sn, hash] = [index, size - 1, leaf];
  for (const item of proof) {
    if (sn === 0) return false;
    const other = fromHex(item);
    if (fn % 2 || fn === sn) {
      hash = nodeHash(other, hash);
      while (fn % 2 === 0 && fn !== 0) {
        fn /= 2;
        sn = Math.floor(sn / 2);
      }
    } else {
      hash = nodeHash(hash, other);
    }
    fn = Math.floor(fn / 2);
    sn = Math.floor(sn / 2);
  }
  return sn === 0 && toHex(hash) === root;
}

/**
 * RFC 9162, 2.1.4.2; equal sizes have an empty proof and equal roots.
 * @param {number} first size of the older tree, at least 1
 * @param {number} second size of the newer tree
 * @param {string} firstRoot hex
 * @param {string} secondRoot hex
 * @param {string[]} proof hex hashes
 * @returns {boolean}
 */
export function checkConsistency(first, second, firstRoot, secondRoot, proof) {
  if (first < 1 || first > second) return false;
  if (first === second) return proof.length === 0 && firstRoot === secondRoot;
  if (!proof.length) return false;
  let [fn, sn] = [first - 1, second - 1];
  while (fn % 2) {
    fn = Math.floor(fn / 2);
    sn = Math.floor(sn / 2);
  }
  // Where the older tree is a whole power of two it is its own first proof item.
  const path = (fn === 0 ? [firstRoot] : []).concat(proof).map(fromHex);
  let [older, newer] = [path[0], path[0]];
  for (const item of path.slice(1)) {
    if (sn === 0) return false;
    if (fn % 2 || fn === sn) {
      older = nodeHash(item, older);
      newer = nodeHash(item, newer);
      while (fn % 2 === 0 && fn !== 0) {
        fn /= 2;
        sn = Math.floor(sn / 2);
      }
    } else {
      newer = nodeHash(newer, item);
    }
    fn = Math.floor(fn / 2);
    sn = Math.floor(sn / 2);
  }
  return sn === 0 && toHex(older) === firstRoot && toHex(newer) === secondRoot;
}

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
