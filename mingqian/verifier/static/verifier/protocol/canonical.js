/**
 * Canonical JSON (RFC 8785) as MQ1 narrows it: integers only. The reader accepts the canonical form and nothing else, and says where
 * and how a file departs from it, so no second parser can read it differently.
 */

import { MAX_INTEGER } from './grammar.js';

const DEPTH = 16;
const SHORT = { '"': '"', '\\': '\\', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' };
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** What is wrong with a text, in Chinese. */
export class FormError extends Error {}

/**
 * Strict UTF-8: no byte order mark is swallowed, nothing is replaced.
 * @param {Uint8Array} bytes
 * @returns {string}
 * @throws {FormError}
 */
export function decodeUtf8(bytes) {
  try {
    return decoder.decode(bytes);
  } catch {
    throw new FormError('不是有效的 UTF-8 文本');
  }
}

class Reader {
  constructor(text) {
    this.text = text;
    this.at = 0;
  }

  fail(what) {
    throw new FormError(`第 ${this.at + 1} 个字符处：${what}`);
  }

  expect(char) {
    if (this.text[this.at] !== char) this.fail(`应为“${char}”`);
    this.at += 1;
  }

  value(depth) {
    if (depth > DEPTH) this.fail('嵌套过深');
    const char = this.text[this.at];
    if (char === '{') return this.object(depth);
    if (char === '[') return this.array(depth);
    if (char === '"') return this.string();
    for (const [word, value] of [['true', true], ['false', false], ['null', null]]) {
      if (this.text.startsWith(word, this.at)) {
        this.at += word.length;
        return value;
      }
    }
    return this.integer();
  }

  object(depth) {
    // Without a prototype a key such as "__proto__" is a key like any other.
    const out = Object.create(null);
    this.at += 1;
    if (this.text[this.at] === '}') {
      this.at += 1;
      return out;
    }
    for (let last = null; ;) {
      if (this.text[this.at] !== '"') this.fail('应为键名');
      const key = this.string();
      if (key === last) this.fail(`键“${key}”重复`);
      if (last !== null && key < last) this.fail(`键“${key}”未按顺序排列`);
      last = key;
      this.expect(':');
      out[key] = this.value(depth + 1);
      if (this.text[this.at] !== ',') break;
      this.at += 1;
    }
    this.expect('}');
    return out;
  }

  array(depth) {
    const out = [];
    this.at += 1;
    if (this.text[this.at] === ']') {
      this.at += 1;
      return out;
    }
    for (;;) {
      out.push(this.value(depth + 1));
      if (this.text[this.at] !== ',') break;
      this.at += 1;
    }
    this.expect(']');
    return out;
  }

  string() {
    let out = '';
    let start = this.at + 1;
    for (this.at = start; ; this.at += 1) {
      const code = this.text.charCodeAt(this.at);
      if (Number.isNaN(code)) this.fail('文本没有结束');
      if (code === 0x22) break;
      if (code < 0x20) this.fail('文本中有未转义的控制字符');
      if (code === 0x5c) {
        out += this.text.slice(start, this.at) + this.escape();
        start = this.at + 1;
      }
    }
    out += this.text.slice(start, this.at);
    this.at += 1;
    return out;
  }

  /** Reads an escape that RFC 8785 would write; leaves `at` on its last character. */
  escape() {
    this.at += 1;
    const char = this.text[this.at];
    if (char !== undefined && Object.hasOwn(SHORT, char)) return SHORT[char];
    const hex = this.text.slice(this.at + 1, this.at + 5);
    const code = /^00[01][0-9a-f]$/.test(hex) ? parseInt(hex, 16) : -1;
    if (char !== 'u' || code < 0 || '\b\f\n\r\t'.includes(String.fromCharCode(code))) this.fail('转义写法不规范');
    this.at += 4;
    return String.fromCharCode(code);
  }

  integer() {
    const match = /^(?:0|[1-9][0-9]*)/.exec(this.text.slice(this.at, this.at + 20));
    if (!match) this.fail('不是规范的值');
    if (/[.eE0-9]/.test(this.text[this.at + match[0].length] || '')) this.fail('数字不是规范的整数');
    if (Number(match[0]) > MAX_INTEGER) this.fail('整数超过上限');
    this.at += match[0].length;
    return Number(match[0]);
  }
}

/**
 * @param {Uint8Array} bytes
 * @returns {any} objects come without prototype
 * @throws {FormError} where the bytes are not canonical
 */
export function parseCanonical(bytes) {
  const reader = new Reader(decodeUtf8(bytes));
  const value = reader.value(0);
  if (reader.at !== reader.text.length) reader.fail('后面还有多余的内容');
  return value;
}

/**
 * Writes canonical JSON; JSON.stringify escapes texts exactly as RFC 8785 asks, and keys sort by UTF-16 units as it asks.
 * @param {any} value
 * @returns {string}
 */
export function canonicalize(value) {
  if (Array.isArray(value)) return `[${value.map(canonicalize).join(',')}]`;
  if (value !== null && typeof value === 'object') {
    return `{${Object.keys(value).sort().map((key) => `${JSON.stringify(key)}:${canonicalize(value[key])}`).join(',')}}`;
  }
  return JSON.stringify(value);
}

/**
 * Where two values first differ, for a message.
 * @param {any} got
 * @param {any} want
 * @param {string} [path]
 * @returns {string | null} a path such as `assignments[3].team[0]`, or null where they are equal
 */
export function firstDifference(got, want, path = '') {
  if (got === want) return null;
  const objects = [got, want].every((item) => item !== null && typeof item === 'object');
  if (!objects || Array.isArray(got) !== Array.isArray(want)) return path || '全文';
  const keys = Array.from(new Set([...Object.keys(want), ...Object.keys(got)]));
  for (const key of keys) {
    const inner = Array.isArray(want) ? `${path}[${key}]` : `${path}${path ? '.' : ''}${key}`;
    if (!Object.hasOwn(want, key) || !Object.hasOwn(got, key)) return inner;
    const found = firstDifference(got[key], want[key], inner);
    if (found) return found;
  }
  return null;
}
