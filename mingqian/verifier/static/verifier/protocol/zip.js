/** A careful zip reader: stored and deflated entries only, everything cross-checked, nothing that two readers could read differently. */

import { decodeUtf8, FormError } from './canonical.js';

const MOST_FILES = 20000;
/** Most bytes of a bundle once unpacked (a table of two million rows has about 80 MB). */
export const MOST_BYTES = 256 * 1024 * 1024;
const END = 0x06054b50;
const CENTRAL = 0x02014b50;
const LOCAL = 0x04034b50;

const CRC = Uint32Array.from({ length: 256 }, (_, n) => {
  let c = n;
  for (let k = 0; k < 8; k += 1) c = c & 1 ? (c >>> 1) ^ 0xedb88320 : c >>> 1;
  return c >>> 0;
});

function crc32(bytes) {
  let crc = 0xffffffff;
  for (let i = 0; i < bytes.length; i += 1) crc = CRC[(crc ^ bytes[i]) & 255] ^ (crc >>> 8);
  return (crc ^ 0xffffffff) >>> 0;
}

function need(holds, text) {
  if (!holds) throw new FormError(`压缩包${text}`);
}

/** The end record; its comment must reach exactly to the end of the file. */
function findEnd(view) {
  for (let at = view.byteLength - 22; at >= 0 && at >= view.byteLength - 22 - 0xffff; at -= 1) {
    if (view.getUint32(at, true) === END && at + 22 + view.getUint16(at + 20, true) === view.byteLength) return at;
  }
  throw new FormError('不是有效的 zip 压缩包');
}

/** Names inside a bundle are ASCII; only the folder around it may carry others, in UTF-8 or in a Chinese system's GBK. */
function decodeName(bytes) {
  try {
    return decodeUtf8(bytes);
  } catch {
    return new TextDecoder('gb18030').decode(bytes);
  }
}

function readEntry(bytes, view, at, end) {
  need(at + 46 <= end && view.getUint32(at, true) === CENTRAL, '的目录已损坏');
  const entry = {
    flags: view.getUint16(at + 8, true), method: view.getUint16(at + 10, true), crc: view.getUint32(at + 16, true),
    packed: view.getUint32(at + 20, true), size: view.getUint32(at + 24, true), offset: view.getUint32(at + 42, true),
  };
  const nameLength = view.getUint16(at + 28, true);
  const next = at + 46 + nameLength + view.getUint16(at + 30, true) + view.getUint16(at + 32, true);
  need(next <= end, '的目录已损坏');
  entry.rawName = bytes.subarray(at + 46, at + 46 + nameLength);
  entry.name = decodeName(entry.rawName);
  need(!(entry.flags & 0x2041), `中的 ${entry.name} 已加密`);
  need([entry.packed, entry.size, entry.offset].every((number) => number !== 0xffffffff), '是 zip64 格式，不支持');
  need(entry.method === 0 || entry.method === 8, `中的 ${entry.name} 用了不支持的压缩方法`);
  need(entry.method === 8 || entry.packed === entry.size, `中的 ${entry.name} 长度前后不一`);
  return { entry, next };
}

function readDirectory(bytes, view) {
  const end = findEnd(view);
  const count = view.getUint16(end + 10, true);
  const start = view.getUint32(end + 16, true);
  need(view.getUint32(end + 4, true) === 0 && view.getUint16(end + 8, true) === count, '分成了多卷，不支持');
  need(count <= MOST_FILES, '中的文件太多');
  need(start + view.getUint32(end + 12, true) === end, '的目录已损坏');
  const entries = [];
  let at = start;
  for (let i = 0; i < count; i += 1) {
    const { entry, next } = readEntry(bytes, view, at, end);
    entries.push(entry);
    at = next;
  }
  need(at === end, '的目录已损坏');
  need(entries.reduce((sum, { size }) => sum + size, 0) <= MOST_BYTES, '解开后太大，可能是恶意文件');
  return { entries, start };
}

/** Where an entry's data lies; its local header must say the same as the directory, and no two entries may share bytes. */
function locate(bytes, view, entries, start) {
  let free = 0;
  for (const entry of entries.slice().sort((a, b) => a.offset - b.offset)) {
    const at = entry.offset;
    need(at >= free && at + 30 <= start && view.getUint32(at, true) === LOCAL, '中的文件互相重叠或已损坏');
    const nameLength = view.getUint16(at + 26, true);
    const local = bytes.subarray(at + 30, at + 30 + nameLength);
    const same = nameLength === entry.rawName.length && local.every((byte, index) => byte === entry.rawName[index])
      && view.getUint16(at + 8, true) === entry.method;
    need(same, `中的 ${entry.name} 前后两处记载不同`);
    entry.data = at + 30 + nameLength + view.getUint16(at + 28, true);
    free = entry.data + entry.packed;
    need(free <= start, `中的 ${entry.name} 已损坏`);
  }
}

async function inflate(data, size, name) {
  if (typeof DecompressionStream === 'undefined') throw new FormError('此浏览器不能解压，请先把压缩包解开，再选择文件夹');
  const out = new Uint8Array(size);
  let filled = 0;
  try {
    const reader = new Blob([data]).stream().pipeThrough(new DecompressionStream('deflate-raw')).getReader();
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      if (filled + value.length > size) {
        await reader.cancel();
        throw new FormError('');
      }
      out.set(value, filled);
      filled += value.length;
    }
  } catch {
    throw new FormError(`压缩包中的 ${name} 不能解开，或与所记长度不同`);
  }
  need(filled === size, `中的 ${name} 与所记长度不同`);
  return out;
}

function checkName(name) {
  const parts = name.split('/');
  const plain = !/[\\\u0000-\u001F:]/.test(name) && parts.every((part) => part !== '' && part !== '.' && part !== '..');
  need(plain, `中有不安全的路径：${name.slice(0, 80)}`);
}

/**
 * Takes away one folder that stands around everything.
 * @param {Map<string, Uint8Array>} files
 * @returns {Map<string, Uint8Array>}
 */
export function stripTopFolder(files) {
  const names = Array.from(files.keys());
  const top = names.length ? names[0].slice(0, names[0].indexOf('/') + 1) : '';
  if (!top || !names.every((name) => name.startsWith(top))) return files;
  return new Map(Array.from(files, ([name, bytes]) => [name.slice(top.length), bytes]));
}

/**
 * Reads a zip file.
 * @param {Uint8Array} bytes
 * @returns {Promise<Map<string, Uint8Array>>} name -> bytes, without a top folder
 * @throws {FormError} with a text in Chinese
 */
export async function readZip(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  need(bytes.length <= MOST_BYTES, '太大');
  const { entries, start } = readDirectory(bytes, view);
  locate(bytes, view, entries, start);
  const files = new Map();
  const folders = [];
  for (const entry of entries) {
    const folder = entry.name.endsWith('/');
    checkName(folder ? entry.name.slice(0, -1) : entry.name);
    if (folder) {
      need(entry.size === 0, `中的文件夹 ${entry.name} 带有内容`);
      folders.push(entry.name);
      continue;
    }
    need(!files.has(entry.name), `中有重名文件：${entry.name}`);
    const data = bytes.subarray(entry.data, entry.data + entry.packed);
    const content = entry.method === 8 ? await inflate(data, entry.size, entry.name) : data.slice();
    need(crc32(content) === entry.crc, `中的 ${entry.name} 校验不符，可能已损坏`);
    files.set(entry.name, content);
  }
  // An empty folder is something that MQ1 does not know: a supplement's folder must not lose its files on the way.
  for (const folder of folders) {
    need(Array.from(files.keys()).some((name) => name.startsWith(folder)), `中有空文件夹：${folder}`);
  }
  return stripTopFolder(files);
}
