/** The grammar of MQ1: words, lines, times, digits, hashes, integers, and the order by UTF-8 bytes. */

const WORD = /^[A-Za-z0-9\-_.\u00B7\u3007\u3014\u3015\uFF08\uFF09\u3400-\u4DBF\u4E00-\u9FFF\u{20000}-\u{323AF}]{1,64}$/u;
const LINE = /^[^\u0000-\u001F\u007F-\u009F\u2028-\u202E\u2066-\u2069\uD800-\uDFFF]{1,200}$/u;
const TIME = /^([0-9]{4})-([0-9]{2})-([0-9]{2})T([0-9]{2}):([0-9]{2}):([0-9]{2})Z$/;
const HASH = /^[0-9a-f]{64}$/;
const DIGITS = /^[0-9]+$/;

/** The largest integer that MQ1 writes. */
export const MAX_INTEGER = 1000000000;

/** @param {unknown} value @returns {boolean} 1 to 64 characters (code points) of the closed set */
export function isWord(value) {
  return typeof value === 'string' && WORD.test(value);
}

/** @param {unknown} value @returns {boolean} 1 to 200 characters, nothing hidden, no space at either end */
export function isLine(value) {
  return typeof value === 'string' && LINE.test(value) && !value.startsWith(' ') && !value.endsWith(' ');
}

/** @param {unknown} value @returns {boolean} a real date and time of day; there is no year 0 and no 60th second */
export function isTime(value) {
  const match = typeof value === 'string' ? TIME.exec(value) : null;
  if (!match) return false;
  const [year, month, day, hour, minute, second] = match.slice(1).map(Number);
  if (year < 1 || month < 1 || month > 12 || hour > 23 || minute > 59 || second > 59) return false;
  const leap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  const days = [31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
  return day >= 1 && day <= days[month - 1];
}

/** @param {unknown} value @returns {boolean} SHA-256 as written: 64 lower-case hex characters */
export function isHash(value) {
  return typeof value === 'string' && HASH.test(value);
}

/** @param {unknown} value @param {number} least @param {number} [most] @returns {boolean} an integer of MQ1; `true` is none */
export function isInteger(value, least, most = MAX_INTEGER) {
  return typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most;
}

/** @param {unknown} value @param {number} least @param {number} most @returns {boolean} so many ASCII digits */
export function isDigits(value, least, most) {
  return typeof value === 'string' && value.length >= least && value.length <= most && DIGITS.test(value);
}

/** @param {unknown} value @returns {boolean} what a witness may say: 10 to 100 digits, at least four different ones */
export function isContribution(value) {
  return isDigits(value, 10, 100) && new Set(value).size >= 4;
}

/**
 * Order by UTF-8 bytes, which is the order of code points. JavaScript's own order is by UTF-16 units and puts the ideographs from
 * U+20000 (surrogates D840 and on) before U+FF08.
 * @param {string} a
 * @param {string} b
 * @returns {number} negative, 0 or positive
 */
export function compareUtf8(a, b) {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i += 1) {
    const x = a.charCodeAt(i);
    const y = b.charCodeAt(i);
    if (x !== y) {
      const surrogates = (x >= 0xd800 && x <= 0xdfff) - (y >= 0xd800 && y <= 0xdfff);
      return surrogates || x - y;
    }
  }
  return a.length - b.length;
}

/**
 * @template T
 * @param {T[]} items
 * @param {(a: T, b: T) => number} compare
 * @returns {number} index of the first item that is not after the one before it, or -1
 */
export function firstUnsorted(items, compare) {
  for (let i = 1; i < items.length; i += 1) if (compare(items[i - 1], items[i]) >= 0) return i;
  return -1;
}

/**
 * @param {string[]} a pair (subject, inspector)
 * @param {string[]} b
 * @returns {number} order by subject, then inspector
 */
export function comparePairs(a, b) {
  return compareUtf8(a[0], b[0]) || compareUtf8(a[1], b[1]);
}
