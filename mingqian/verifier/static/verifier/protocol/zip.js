/** A bundle as a zip of one exact form: sizes are looked at before anything is unpacked. */

import { Files, isFileName, limitOf } from './files.js';
import { compare } from './grammar.js';
import { inflate } from './inflate.js';
import { textOf } from './json.js';
import { check, Refused } from './refusal.js';

const [END, DIRECTORY, LOCAL] = [22, 46, 30];
const MB = 1 << 20;

/** Four tables, so that four bytes are taken at once. */
const TABLES = [new Uint32Array(256)];
for (let n = 0; n < 256; n += 1) {
  let value = n;
  for (let i = 0; i < 8; i += 1) value = value & 1 ? 0xedb88320 ^ (value >>> 1) : value >>> 1;
  TABLES[0][n] = value;
}
for (let i = 1; i < 4; i += 1) TABLES.push(TABLES[i - 1].map((value) => TABLES[0][value & 255] ^ (value >>> 8)));

function crc32(bytes) {
  const [one, two, three, four] = TABLES;
  let value = -1;
  const whole = bytes.length - (bytes.length % 4);
  for (let i = 0; i < whole; i += 4) {
    value ^= bytes[i] | (bytes[i + 1] << 8) | (bytes[i + 2] << 16) | (bytes[i + 3] << 24);
    value = four[value & 255] ^ three[(value >>> 8) & 255] ^ two[(value >>> 16) & 255] ^ one[value >>> 24];
  }
  for (let i = whole; i < bytes.length; i += 1) value = one[(value ^ bytes[i]) & 255] ^ (value >>> 8);
  return ~value >>> 0;
}

function nameOf(bytes) {
  try {
    return textOf(bytes);
  } catch {
    throw new Refused('zip: name');
  }
}

/** One record of the directory at `at`, and where the next one begins. */
function record(view, bytes, at, end) {
  check(at + DIRECTORY <= end, 'zip: directory record');
  const short = (place) => view.getUint16(at + place, true);
  const long = (place) => view.getUint32(at + place, true);
  const entry = {
    version: short(6), flags: short(8), method: short(10), time: short(12), date: short(14), crc: long(16), packed: long(20), size: long(24), offset: long(42),
  };
  const length = short(28);
  const plain = long(0) === 0x02014b50 && short(30) === 0 && short(32) === 0 && short(34) === 0;
  const known = [0, 0x800].includes(entry.flags) && [0, 8].includes(entry.method) && [10, 20].includes(entry.version);
  const small = ![entry.packed, entry.size, entry.offset].includes(0xffffffff);
  check(plain && known && small && at + DIRECTORY + length <= end, 'zip: directory record');
  const outside = long(38);
  check([0, 8].includes(outside >>> 28) && !(outside & 0x10), 'zip: not a plain file');
  entry.name = nameOf(bytes.subarray(at + DIRECTORY, at + DIRECTORY + length));
  check(isFileName(entry.name), 'zip: name');
  entry.raw = bytes.subarray(at + DIRECTORY, at + DIRECTORY + length);
  return [entry, at + DIRECTORY + length];
}

/** Holds a local header against the directory; returns where its content begins. */
function local(view, bytes, entry, at, end) {
  check(at + LOCAL <= end, 'zip: entries are not back to back');
  const shorts = [[4, entry.version], [6, entry.flags], [8, entry.method], [10, entry.time], [12, entry.date], [26, entry.raw.length], [28, 0]];
  const longs = [[0, 0x04034b50], [14, entry.crc], [18, entry.packed], [22, entry.size]];
  const same = shorts.every(([place, value]) => view.getUint16(at + place, true) === value)
    && longs.every(([place, value]) => view.getUint32(at + place, true) === value)
    && entry.raw.every((byte, i) => bytes[at + LOCAL + i] === byte);
  check(same, 'zip: local header differs');
  const start = at + LOCAL + entry.raw.length;
  check(start + entry.packed <= end, 'zip: entries are not back to back');
  return start;
}

/**
 * The files of a zip; refused where it is not of the one exact form.
 * @param {Uint8Array} bytes
 * @returns {Map<string, Uint8Array>}
 */
export function readZip(bytes) {
  check(bytes.length >= END && bytes.length <= 401 * MB, 'zip: size');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const end = bytes.length - END;
  const short = (place) => view.getUint16(end + place, true);
  const [count, size, start] = [short(10), view.getUint32(end + 12, true), view.getUint32(end + 16, true)];
  const plain = view.getUint32(end, true) === 0x06054b50 && short(4) === 0 && short(6) === 0 && short(8) === count && short(20) === 0;
  check(plain && start + size === end, 'zip: end record');
  check(count >= 1 && count <= 4096, 'zip: entries');
  const entries = [];
  for (let at = start; at < end;) {
    const [entry, next] = record(view, bytes, at, end);
    entries.push(entry);
    at = next;
  }
  check(entries.every((entry, i) => !i || compare(entries[i - 1].name, entry.name) < 0), 'zip: names are not sorted and unique');
  check(entries.length === count, 'zip: entries are not back to back');
  for (const entry of entries) check(entry.size <= limitOf(entry.name), 'too large');
  check(entries.reduce((sum, entry) => sum + entry.size, 0) <= 400 * MB, 'too large');
  return unpacked(view, bytes, entries, start);
}

/** From so many bytes on a file is unpacked when it is read, and once before to hold its checksum against it: a few kilobytes may be gigabytes. */
const LARGE = MB;

/** A large file of a zip, packed. */
class Packed {
  constructor(packed, length) {
    Object.assign(this, { packed, length });
  }

  open() {
    return inflate(this.packed, new Uint8Array(this.length));
  }
}

function unpacked(view, bytes, entries, start) {
  const files = new Files();
  const scratch = new Uint8Array(entries.reduce((most, { method, size }) => (method === 8 && size > LARGE ? Math.max(most, size) : most), 0));
  let at = 0;
  for (const entry of entries) {
    check(entry.offset === at, 'zip: entries are not back to back');
    const place = local(view, bytes, entry, at, start);
    const packed = bytes.subarray(place, place + entry.packed);
    const large = entry.method === 8 && entry.size > LARGE;
    const room = large ? scratch.subarray(0, entry.size) : new Uint8Array(entry.method === 8 ? entry.size : 0);
    const content = entry.method === 8 ? inflate(packed, room) : packed;
    check(content.length === entry.size && crc32(content) === entry.crc, 'zip: size or checksum');
    files.set(entry.name, large ? new Packed(packed, entry.size) : content);
    at = place + entry.packed;
  }
  check(at === start, 'zip: entries are not back to back');
  return files;
}
