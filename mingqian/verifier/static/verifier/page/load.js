/** From what a reader chose to the files of a bundle; what is none is said to be none. */

import { isFileName } from '../protocol/files.js';
import { Refused } from '../protocol/refusal.js';
import { readZip } from '../protocol/zip.js';

const NONE = '这不是抽取文件';
const SEAL = Uint8Array.from('seal.json', (sign) => sign.charCodeAt(0));

/** What was chosen is no bundle at all; the message says so in Chinese. */
export class NoBundle extends Error {}

function holds(bytes, part) {
  for (let at = bytes.indexOf(part[0]); at >= 0; at = bytes.indexOf(part[0], at + 1)) {
    if (part.every((byte, i) => bytes[at + i] === byte)) return true;
  }
  return false;
}

/**
 * The files of a zip. One that has no bundle in it is no bundle; one that has, and is not of the exact form, is refused.
 * @param {Uint8Array} bytes
 * @returns {Map<string, Uint8Array>}
 */
export function fromZip(bytes) {
  if (!bytes.length) throw new NoBundle(`${NONE}：文件是空的`);
  if (!(bytes[0] === 0x50 && bytes[1] === 0x4b)) throw new NoBundle(`${NONE}：它不是压缩包（.zip）。抽取文件在抽取公示页上，点“下载全部文件”得到`);
  try {
    return readZip(bytes);
  } catch (error) {
    if (error instanceof Refused && !holds(bytes, SEAL)) throw new NoBundle(`${NONE}：压缩包里没有封存文件 seal.json`);
    throw error;
  }
}

/**
 * The files of a folder or of several files chosen together; the folder's own name goes.
 * @param {{path: string, bytes: Uint8Array}[]} picked
 * @returns {Map<string, Uint8Array>}
 */
export function fromPicked(picked) {
  const top = `${picked[0].path.split('/')[0]}/`;
  const within = picked.every(({ path }) => path.startsWith(top)) && !picked.some(({ path }) => isFileName(path));
  const files = new Map();
  for (const { path, bytes } of picked) {
    const name = within ? path.slice(top.length) : path;
    if (files.has(name)) throw new NoBundle(`有两个文件都叫“${name}”，请只选一份抽取文件`);
    files.set(name, bytes);
  }
  if (!files.has('seal.json')) throw new NoBundle(`${NONE}：里面没有封存文件 seal.json`);
  return files;
}
