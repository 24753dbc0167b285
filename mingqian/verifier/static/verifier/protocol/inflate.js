/** One raw deflate stream (RFC 1951), read to its end and not a byte further: the browser's own stream does not say where it ended. */

import { check } from './refusal.js';

const LENGTHS = [3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258];
const LENGTH_BITS = [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0];
const DISTANCES = [1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537, 2049, 3073, 4097, 6145, 8193, 12289, 16385,
  24577];
const DISTANCE_BITS = [0, 0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9, 9, 10, 10, 11, 11, 12, 12, 13, 13];
const ORDER = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];
const WORDS = 'zip: deflate';

/** A canonical Huffman code from the lengths of its symbols: how many there are of each length, and the symbols in order. */
function codeOf(lengths) {
  const counts = new Uint16Array(16);
  for (const length of lengths) counts[length] += 1;
  let left = 1;
  for (let i = 1; i < 16; i += 1) {
    left = left * 2 - counts[i];
    check(left >= 0, WORDS);
  }
  const starts = new Uint16Array(16);
  for (let i = 1; i < 15; i += 1) starts[i + 1] = starts[i] + counts[i];
  const symbols = new Uint16Array(lengths.length);
  lengths.forEach((length, symbol) => {
    if (length) {
      symbols[starts[length]] = symbol;
      starts[length] += 1;
    }
  });
  return { counts, symbols, left, used: lengths.length - counts[0] };
}

/** zlib takes an incomplete code only where it has one symbol of one bit. */
const checkWhole = (code) => check(code.left === 0 || (code.used === 1 && code.counts[1] === 1), WORDS);

class Bits {
  constructor(bytes) {
    Object.assign(this, { bytes, at: 0, held: 0, count: 0 });
  }

  take(count) {
    while (this.count < count) {
      check(this.at < this.bytes.length, WORDS);
      this.held |= this.bytes[this.at] << this.count;
      this.at += 1;
      this.count += 8;
    }
    const found = this.held & ((1 << count) - 1);
    this.held >>>= count;
    this.count -= count;
    return found;
  }

  symbol({ counts, symbols }) {
    let [code, first, index] = [0, 0, 0];
    for (let length = 1; length < 16; length += 1) {
      code |= this.take(1);
      const count = counts[length];
      if (code - count < first) return symbols[index + code - first];
      index += count;
      first = (first + count) << 1;
      code <<= 1;
    }
    check(false, WORDS);
    return 0;
  }
}

const FIXED = [
  codeOf(Array.from({ length: 288 }, (_, i) => (i < 144 ? 8 : i < 256 ? 9 : i < 280 ? 7 : 8))),
  codeOf(new Array(30).fill(5)),
];

function dynamicCodes(bits) {
  const [literals, distances, lengths] = [bits.take(5) + 257, bits.take(5) + 1, bits.take(4) + 4];
  check(literals <= 286 && distances <= 30, WORDS);
  const sizes = new Array(19).fill(0);
  for (let i = 0; i < lengths; i += 1) sizes[ORDER[i]] = bits.take(3);
  const code = codeOf(sizes);
  check(code.left === 0, WORDS);
  const found = [];
  while (found.length < literals + distances) {
    const symbol = bits.symbol(code);
    if (symbol < 16) {
      found.push(symbol);
      continue;
    }
    check(symbol !== 16 || found.length, WORDS);
    const value = symbol === 16 ? found[found.length - 1] : 0;
    const times = symbol === 16 ? 3 + bits.take(2) : symbol === 17 ? 3 + bits.take(3) : 11 + bits.take(7);
    for (let i = 0; i < times; i += 1) found.push(value);
  }
  check(found.length === literals + distances && found[256], WORDS);
  const codes = [codeOf(found.slice(0, literals)), codeOf(found.slice(literals))];
  checkWhole(codes[0]);
  if (codes[1].used) checkWhole(codes[1]);
  return codes;
}

/** Unpacks into `out` from `place` on; returns where it ended. */
function block(bits, out, from, [literal, distance]) {
  let place = from;
  for (;;) {
    const symbol = bits.symbol(literal);
    if (symbol === 256) return place;
    if (symbol < 256) {
      check(place < out.length, WORDS);
      out[place] = symbol;
      place += 1;
    } else {
      check(symbol < 286, WORDS);
      const length = LENGTHS[symbol - 257] + bits.take(LENGTH_BITS[symbol - 257]);
      const code = bits.symbol(distance);
      check(code < 30, WORDS);
      const back = DISTANCES[code] + bits.take(DISTANCE_BITS[code]);
      check(back <= place && place + length <= out.length, WORDS);
      if (back === 1) out.fill(out[place - 1], place, place + length);
      else for (let i = 0; i < length; i += 1) out[place + i] = out[place + i - back];
      place += length;
    }
  }
}

function stored(bits, out, from) {
  bits.held = 0;
  bits.count = 0;
  const [length, inverse] = [bits.take(16), bits.take(16)];
  check((length ^ inverse) === 0xffff && bits.at + length <= bits.bytes.length && from + length <= out.length, WORDS);
  out.set(bits.bytes.subarray(bits.at, bits.at + length), from);
  bits.at += length;
  return from + length;
}

/**
 * The content of a deflate stream that ends with the last byte of `bytes` and has at most as many bytes as `out`, which it fills; refused otherwise.
 * @param {Uint8Array} bytes
 * @param {Uint8Array} out
 * @returns {Uint8Array} the part of `out` that it filled
 */
export function inflate(bytes, out) {
  const bits = new Bits(bytes);
  let [place, last] = [0, 0];
  while (!last) {
    last = bits.take(1);
    const kind = bits.take(2);
    check(kind < 3, WORDS);
    if (kind === 0) place = stored(bits, out, place);
    else place = block(bits, out, place, kind === 1 ? FIXED : dynamicCodes(bits));
  }
  check(bits.at === bytes.length, WORDS);
  return out.subarray(0, place);
}
