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

/** The canonical bytes of a value. */
export const canonical = (value) => utf8(written(value));

/**
 * The value of a JSON file, refused where its bytes are not the canonical form of what they say.
 * @param {Uint8Array} bytes
 * @param {string} name
 */
export function parse(bytes, name) {
  let value;
  let same = false;
  try {
    value = JSON.parse(textOf(bytes));
    const again = canonical(value);
    same = again.length === bytes.length && again.every((byte, i) => byte === bytes[i]);
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
