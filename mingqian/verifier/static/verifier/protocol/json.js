/** Canonical JSON (RFC 8785) and digests of files. */

import { sha256, toHex, utf8 } from './sha256.js';
import { check, Refused } from './refusal.js';

const HALF = /\p{Surrogate}/u;
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** SHA-256 of bytes or of a text, in hex. */
export const digest = (data) => toHex(sha256(typeof data === 'string' ? utf8(data) : data));

/** The text of UTF-8 bytes; throws where they are none. */
export const textOf = (bytes) => decoder.decode(bytes);

/** Hands the canonical text of a value to `emit`, bit by bit. */
function write(value, emit) {
  if (Array.isArray(value)) {
    emit('[');
    value.forEach((one, i) => {
      if (i) emit(',');
      write(one, emit);
    });
    emit(']');
  } else if (value !== null && typeof value === 'object') {
    emit('{');
    Object.keys(value).sort().forEach((key, i) => {
      emit(`${i ? ',' : ''}${JSON.stringify(key)}:`);
      write(value[key], emit);
    });
    emit('}');
  } else {
    if (typeof value === 'number' && !Number.isInteger(value)) throw new Refused('a number');
    // Half of a surrogate pair is no character: JavaScript would write it escaped, canonical JSON has no way to.
    if (typeof value === 'string' && HALF.test(value)) throw new Refused('a text');
    emit(JSON.stringify(value));
  }
}

/** The canonical bytes of a value. */
export function canonical(value) {
  const parts = [];
  write(value, (part) => parts.push(part));
  return utf8(parts.join(''));
}

/** Whether bytes are the canonical form of a value; it is not written out, for it may be large. */
export function isCanonical(value, bytes) {
  let at = 0;
  const emit = (part) => {
    for (let i = 0; i < part.length; i += 1) {
      const sign = part.charCodeAt(i);
      if (sign > 127) {
        for (const byte of utf8(part.slice(i))) {
          if (bytes[at] !== byte) at = Infinity;
          at += 1;
        }
        return;
      }
      if (bytes[at] !== sign) at = Infinity;
      at += 1;
    }
  };
  write(value, emit);
  return at === bytes.length;
}

const LARGE = 1 << 20;
const [QUOTE, COMMA, ARRAY, ESCAPE, OBJECT] = [34, 44, 91, 92, 123];

/**
 * Whether a large file holds more lists, items or texts than any of a bundle can: it is not worth the memory to be read. A list or an object takes
 * ten bytes at least, with two texts in it; in the ledger a text takes twenty on average, notes and hashes.
 */
function isCrowded(bytes, name) {
  if (bytes.length <= LARGE) return false;
  let [lists, items, quotes, inside] = [0, 0, 0, false];
  for (let i = 0; i < bytes.length; i += 1) {
    const byte = bytes[i];
    if (byte === QUOTE) {
      quotes += 1;
      inside = !inside;
    } else if (byte === ESCAPE) {
      i += 1;
    } else if (!inside) {
      if (byte === COMMA) items += 1;
      else if (byte === ARRAY || byte === OBJECT) lists += 1;
    }
  }
  return quotes * (name === 'ledger.json' ? 10 : 2) > bytes.length || lists * 10 > bytes.length || items * 5 > bytes.length;
}

/**
 * The value of a JSON file, refused where its bytes are not the canonical form of what they say.
 * @param {Uint8Array} bytes
 * @param {string} name
 */
export function parse(bytes, name) {
  check(!isCrowded(bytes, name), `${name} is not canonical`);
  let value;
  let same = false;
  try {
    value = JSON.parse(textOf(bytes));
    same = isCanonical(value, bytes);
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
