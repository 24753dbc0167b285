/** RFC 6962 Merkle trees: roots and audit paths of tables, inclusion and consistency proofs of a log (RFC 9162, 2.1.3 and 2.1.4). */

import { fromHex, sha256, toHex } from './sha256.js';

// Scratch space for one node; a tree of 100,000 rows hashes as many.
const NODE = new Uint8Array(65);
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

function nodeInput(left, right, input = new Uint8Array(65)) {
  input[0] = 1;
  input.set(left, 1);
  input.set(right, 33);
  return input;
}

/**
 * Node hash: SHA-256(0x01 ‖ left ‖ right).
 * @param {Uint8Array} left
 * @param {Uint8Array} right
 * @returns {Uint8Array}
 */
export function nodeHash(left, right) {
  return sha256(nodeInput(left, right, NODE));
}

/**
 * The whole tree over a table, level by level; a node without a neighbour rises as it is, which is RFC 6962's split at a power of two.
 * @param {Uint8Array[]} rows
 * @param {(done: number, total: number) => (Promise<void> | null)} [pause] called now and then so that the page stays alive
 * @returns {Promise<{root: string, levels: Uint8Array[][], top: Uint8Array}>} `top` is the input of the last hash
 */
export async function buildTree(rows, pause = () => null) {
  if (!rows.length) return { root: EMPTY, levels: [], top: new Uint8Array(0) };
  let level = [];
  for (let i = 0; i < rows.length; i += 1) {
    level.push(leafHash(rows[i]));
    if ((i & 1023) === 1023) await pause(i, rows.length);
  }
  const levels = [level];
  while (level.length > 1) {
    const next = [];
    for (let i = 0; i + 1 < level.length; i += 2) {
      next.push(nodeHash(level[i], level[i + 1]));
      if ((next.length & 1023) === 1023) await pause(rows.length, rows.length);
    }
    if (level.length % 2) next.push(level[level.length - 1]);
    levels.push(next);
    level = next;
  }
  const below = levels.length > 1 ? levels[levels.length - 2] : null;
  const top = below ? nodeInput(below[0], below[1]) : Uint8Array.of(0, ...rows[0]);
  return { root: toHex(level[0]), levels, top };
}

/**
 * Audit path of a row, from the leaf upwards.
 * @param {Uint8Array[][]} levels of `buildTree`
 * @param {number} index
 * @returns {{side: 'left' | 'right', hash: string}[]} on which side the other hash stands
 */
export function auditPath(levels, index) {
  const path = [];
  let at = index;
  for (const level of levels.slice(0, -1)) {
    const other = at % 2 ? at - 1 : at + 1;
    if (other < level.length) path.push({ side: at % 2 ? 'left' : 'right', hash: toHex(level[other]) });
    at = Math.floor(at / 2);
  }
  return path;
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
