/** Canonical JSON (RFC 8785) and digests of files. */

import { sha256, toHex, utf8 } from '../protocol/sha256.js';
import { check, Refused } from './refusal.js';

const HALF = /\p{Surrogate}/u;
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** SHA-256 of bytes or of a text, in hex. */
export const digest = (data) => toHex(sha256(typeof data === 'string' ? utf8(data) : data));

/** The text of UTF-8 bytes; throws where they are none. */
export const textOf = (bytes) => decoder.decode(bytes);

function written(value) {
  if (Array.isArray(value)) return `[${value.map(written).join(',')}]`;
  if (value !== null && typeof value === 'object') {
    return `{${Object.keys(value).sort().map((key) => `${JSON.stringify(key)}:${written(value[key])}`).join(',')}}`;
  }
  if (typeof value === 'number' && !Number.isInteger(value)) throw new Refused('a number');
  // Half of a surrogate pair is no character: JavaScript would write it escaped, canonical JSON has no way to.
  if (typeof value === 'string' && HALF.test(value)) throw new Refused('a text');
  return JSON.stringify(value);
}

/** Whether two runs of bytes are the same. */
export function isSame(one, other) {
  if (one.length !== other.length) return false;
  for (let i = 0; i < one.length; i += 1) if (one[i] !== other[i]) return false;
  return true;
}

/** The canonical bytes of a value. */
export const canonical = (value) => utf8(written(value));

const [COMMA, ARRAY, OBJECT] = [44, 91, 123];

/**
 * Whether a file holds more lists and items than any of a bundle can: a pair of ids is 9 bytes at least. Looked at before it is parsed, for a few
 * kilobytes of zip unpack to millions of empty lists, each dear in memory.
 */
function isCrowded(bytes) {
  let [lists, items] = [0, 0];
  for (let i = 0; i < bytes.length; i += 1) {
    const byte = bytes[i];
    if (byte === COMMA) items += 1;
    else if (byte === ARRAY || byte === OBJECT) lists += 1;
  }
  return lists > bytes.length / 8 + 1000 || items > bytes.length / 4 + 1000;
}

/**
 * The value of a JSON file, refused where its bytes are not the canonical form of what they say.
 * @param {Uint8Array} bytes
 * @param {string} name
 */
export function parse(bytes, name) {
  check(!isCrowded(bytes), `${name} is not canonical`);
  let value;
  let same = false;
  try {
    value = JSON.parse(textOf(bytes));
    same = isSame(canonical(value), bytes);
  } catch {
    same = false;
  }
  check(same, `${name} is not canonical`);
  return value;
}

export const isObject = (value) => value !== null && typeof value === 'object' && !Array.isArray(value);

/** `value` as an object with exactly these keys; else refused with `reason`. */
export function keyed(value, keys, reason) {
  check(isObject(value) && Object.keys(value).length === keys.length && keys.every((key) => Object.hasOwn(value, key)), reason);
  return value;
}
