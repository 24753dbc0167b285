/**
 * SHA-256 (FIPS 180-4), our own and synchronous: WebCrypto's digest() is a promise that costs tens of microseconds a call, where a draw needs millions,
 * and browsers give it to secure contexts alone, where an internal network often has plain http. Vectors and tests hold it against others.
 */

const K = new Int32Array([
  0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
  0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
  0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
  0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
  0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
  0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
  0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
  0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
]);

const INITIAL = new Int32Array([
  0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19,
]);

const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

// Scratch space: nothing here is kept between two hashes, and allocating it anew would double the time.
const W = new Int32Array(64);
const STATE = new Int32Array(8);
const TAIL = new Uint8Array(128);
const TEXT = new Uint8Array(1024);
const LEAF = new Uint8Array(1024);
const encoder = new TextEncoder();

/** One compression: folds the 64 bytes at `offset` into `state` (8 words). */
function compress(state, bytes, offset) {
  for (let t = 0, i = offset; t < 16; t += 1, i += 4) {
    W[t] = (bytes[i] << 24) | (bytes[i + 1] << 16) | (bytes[i + 2] << 8) | bytes[i + 3];
  }
  fold(state);
}

/** The same of the 16 words that stand at the beginning of W. */
function fold(state) {
  for (let t = 16; t < 64; t += 1) {
    const x = W[t - 15];
    const y = W[t - 2];
    const s0 = ((x >>> 7) | (x << 25)) ^ ((x >>> 18) | (x << 14)) ^ (x >>> 3);
    const s1 = ((y >>> 17) | (y << 15)) ^ ((y >>> 19) | (y << 13)) ^ (y >>> 10);
    W[t] = (W[t - 16] + s0 + W[t - 7] + s1) | 0;
  }
  let a = state[0];
  let b = state[1];
  let c = state[2];
  let d = state[3];
  let e = state[4];
  let f = state[5];
  let g = state[6];
  let h = state[7];
  for (let t = 0; t < 64; t += 1) {
    const s1 = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7));
    const t1 = (h + s1 + ((e & f) ^ (~e & g)) + K[t] + W[t]) | 0;
    const s0 = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10));
    const t2 = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
    h = g;
    g = f;
    f = e;
    e = (d + t1) | 0;
    d = c;
    c = b;
    b = a;
    a = (t1 + t2) | 0;
  }
  state[0] += a;
  state[1] += b;
  state[2] += c;
  state[3] += d;
  state[4] += e;
  state[5] += f;
  state[6] += g;
  state[7] += h;
}

/** Hashes bytes from `from` to `until` after `before` bytes (a multiple of 64) that are already folded into `start`; the result stands in STATE. */
function finish(start, before, bytes, from = 0, until = bytes.length) {
  STATE.set(start);
  const length = until - from;
  const whole = from + length - (length % 64);
  for (let i = from; i < whole; i += 64) compress(STATE, bytes, i);
  const rest = until - whole;
  const end = rest < 56 ? 64 : 128;
  TAIL.fill(0, 0, end);
  for (let i = 0; i < rest; i += 1) TAIL[i] = bytes[whole + i];
  TAIL[rest] = 0x80;
  // The length in bits, 64 of them, most significant first.
  const total = before + length;
  const high = Math.floor(total / 0x20000000);
  const low = (total << 3) >>> 0;
  for (let i = 0; i < 4; i += 1) {
    TAIL[end - 5 - i] = (high >>> (8 * i)) & 255;
    TAIL[end - 1 - i] = (low >>> (8 * i)) & 255;
  }
  for (let i = 0; i < end; i += 64) compress(STATE, TAIL, i);
}

function stateBytes() {
  const out = new Uint8Array(32);
  for (let i = 0; i < 32; i += 1) out[i] = (STATE[i >> 2] >>> (24 - 8 * (i & 3))) & 255;
  return out;
}

/**
 * SHA-256, synchronous.
 * @param {Uint8Array} bytes
 * @returns {Uint8Array} 32 bytes
 */
export function sha256(bytes) {
  finish(INITIAL, 0, bytes);
  return stateBytes();
}

/**
 * The leaf of a row (RFC 6962), SHA-256(0x00 ‖ row), as eight words.
 * @param {Uint8Array} bytes
 * @param {number} from
 * @param {number} until
 * @param {Int32Array} out
 * @param {number} at
 */
export function hashLeaf(bytes, from, until, out, at) {
  const length = until - from + 1;
  const block = length <= LEAF.length ? LEAF : new Uint8Array(length);
  for (let i = from, to = 1; i < until; i += 1, to += 1) block[to] = bytes[i];
  finish(INITIAL, 0, block, 0, length);
  out.set(STATE, at);
}

/** The node over the two hashes of eight words each at `from`: SHA-256(0x01 ‖ left ‖ right), 65 bytes, two blocks. */
export function hashNode(words, from, out, at) {
  STATE.set(INITIAL);
  W[0] = 0x01000000 | (words[from] >>> 8);
  for (let i = 1; i < 16; i += 1) W[i] = (words[from + i - 1] << 24) | (words[from + i] >>> 8);
  fold(STATE);
  W.fill(0, 0, 15);
  W[0] = (words[from + 15] << 24) | 0x00800000;
  W[15] = 520;
  fold(STATE);
  out.set(STATE, at);
}

/** Eight words at `at` in hex. */
export function wordsHex(words, at) {
  let out = '';
  for (let i = at; i < at + 8; i += 1) {
    const word = words[i];
    out += HEX[word >>> 24] + HEX[(word >>> 16) & 255] + HEX[(word >>> 8) & 255] + HEX[word & 255];
  }
  return out;
}

/**
 * UTF-8 bytes of a text.
 * @param {string} text
 * @returns {Uint8Array}
 */
export function utf8(text) {
  return encoder.encode(text);
}

/**
 * Lower-case hex of bytes.
 * @param {Uint8Array} bytes
 * @returns {string}
 */
export function toHex(bytes) {
  let out = '';
  for (const byte of bytes) out += HEX[byte];
  return out;
}

/**
 * Bytes of lower-case hex (the caller has checked the form).
 * @param {string} hex
 * @returns {Uint8Array}
 */
export function fromHex(hex) {
  const out = new Uint8Array(hex.length / 2);
  for (let i = 0; i < out.length; i += 1) out[i] = parseInt(hex.slice(2 * i, 2 * i + 2), 16);
  return out;
}

/**
 * The seed's 64 hex characters fill exactly one block, so its state is computed once (step 5 of the protocol).
 * @param {string} seed 64 hex characters
 * @returns {(suffix: string) => string} SHA-256(seed + suffix) in hex
 */
export function seededHash(seed) {
  const block = utf8(seed);
  if (block.length !== 64) throw new RangeError('seed: 64 characters');
  const state = Int32Array.from(INITIAL);
  compress(state, block, 0);
  return (suffix) => {
    // A suffix that does not fit (none of the protocol is that long) is encoded on its own.
    const { read, written } = encoder.encodeInto(suffix, TEXT);
    finish(state, 64, read === suffix.length ? TEXT.subarray(0, written) : utf8(suffix));
    return wordsHex(STATE, 0);
  };
}

/**
 * The same of a suffix in bytes: `hash(bytes, length, out, at)` writes eight words.
 * @param {string} seed 64 hex characters
 */
export function seededWords(seed) {
  const state = Int32Array.from(INITIAL);
  compress(state, utf8(seed), 0);
  return (bytes, length, out, at) => {
    finish(state, 64, bytes, 0, length);
    out.set(STATE, at);
  };
}
