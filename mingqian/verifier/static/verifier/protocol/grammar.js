/** The grammar of MQ2 (section "The bundle"): words, names, lines, times, digits, hashes, integers; the order of texts. */

const IDEOGRAPH = '\\u3007\\u3400-\\u4dbf\\u4e00-\\u9fff\\u{20000}-\\u{2f7ff}\\u{2fa20}-\\u{323af}';
const HIDDEN = '\\u0000-\\u001f\\u007f-\\u00a0\\u00ad\\u034f\\u061c\\u115f-\\u1160\\u1680\\u17b4-\\u17b5\\u180b-\\u180f\\u2000-\\u200f'
  + '\\u2028-\\u202f\\u205f-\\u206f\\u2800\\u3000\\u3164\\ud800-\\uf8ff\\ufdd0-\\ufdef\\ufe00-\\ufe0f\\ufeff\\uffa0\\ufff0-\\uffff'
  + '\\u{13430}-\\u{1343f}\\u{1bca0}-\\u{1bca3}\\u{1d159}\\u{1d173}-\\u{1d17a}\\u{e0000}-\\u{10ffff}';
const WORD = new RegExp(`^[A-Za-z0-9_.·〔〕（）${IDEOGRAPH}\\-]{1,64}$`, 'u');
const PART = `[A-Za-z0-9·（）${IDEOGRAPH}]+`;
const NAME = new RegExp(`^${PART}(?: ${PART})*$`, 'u');
const LINE = new RegExp(`^[^${HIDDEN}]{1,200}$`, 'u');
const TIME = /^(2\d{3})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)Z$/;
const HASH = /^[0-9a-f]{64}$/;
const DIGITS = /^[0-9]+$/;
const SURROGATE = /[\ud800-\udfff]/;
export const LARGEST = 1000000000;

const isText = (value) => typeof value === 'string';
// `$` also matches before a final line feed in some dialects; in JavaScript without the flag m it does not.
export const isWord = (value) => isText(value) && WORD.test(value);
export const isName = (value) => isText(value) && Array.from(value).length <= 60 && NAME.test(value);
export const isLine = (value) => isText(value) && LINE.test(value) && value[0] !== ' ' && value[value.length - 1] !== ' ';
export const isHash = (value) => isText(value) && HASH.test(value);
export const isDigits = (value, least, most) => isText(value) && value.length >= least && value.length <= most && DIGITS.test(value);
/** What a witness may contribute: 10 to 100 digits, at least four different ones. */
export const isContribution = (value) => isDigits(value, 10, 100) && new Set(value).size >= 4;
export const isInteger = (value, least, most = LARGEST) => Number.isInteger(value) && value >= least && value <= most && !Object.is(value, -0);

/**
 * Seconds since 1970 of a time, NaN where it is none.
 * @param {unknown} value
 * @returns {number}
 */
export function secondsOf(value) {
  const found = isText(value) ? TIME.exec(value) : null;
  if (!found) return NaN;
  const [year, month, day, hour, minute, second] = found.slice(1).map(Number);
  const at = new Date(Date.UTC(year, month - 1, day, hour, minute, second));
  const same = at.getUTCFullYear() === year && at.getUTCMonth() === month - 1 && at.getUTCDate() === day
    && at.getUTCHours() === hour && at.getUTCMinutes() === minute && at.getUTCSeconds() === second;
  return same ? at.getTime() / 1000 : NaN;
}

export const isTime = (value) => !Number.isNaN(secondsOf(value));

/**
 * The order of UTF-8 bytes, which is that of code points; UTF-16's own order differs beyond U+FFFF.
 * @param {string} one
 * @param {string} other
 * @returns {number}
 */
export function compare(one, other) {
  if (one === other) return 0;
  if (!SURROGATE.test(one) && !SURROGATE.test(other)) return one < other ? -1 : 1;
  const [a, b] = [Array.from(one), Array.from(other)];
  for (let i = 0; i < a.length && i < b.length; i += 1) {
    if (a[i] !== b[i]) return a[i].codePointAt(0) - b[i].codePointAt(0);
  }
  return a.length - b.length;
}

/** The order of lists of texts. */
export function compareAll(one, other) {
  for (let i = 0; i < one.length && i < other.length; i += 1) {
    const found = compare(one[i], other[i]);
    if (found) return found;
  }
  return one.length - other.length;
}
