/** SHA-512 and the verification of Ed25519 signatures (RFC 8032, 5.1.7), with whole numbers: browsers give their own to https pages only. */

const MASK = (1n << 64n) - 1n;
const PRIMES = (() => {
  const found = [];
  for (let n = 2; found.length < 80; n += 1) if (found.every((prime) => n % prime)) found.push(n);
  return found;
})();

/** The first 64 bits behind the point of the `degree`-th root of a prime. */
function fraction(prime, degree) {
  const target = BigInt(prime) << BigInt(64 * degree);
  let [low, high] = [0n, 1n << 72n];
  while (high - low > 1n) {
    const middle = (low + high) >> 1n;
    if (middle ** BigInt(degree) <= target) low = middle;
    else high = middle;
  }
  return low & MASK;
}

const K = PRIMES.map((prime) => fraction(prime, 3));
const START = PRIMES.slice(0, 8).map((prime) => fraction(prime, 2));
const turn = (word, by) => ((word >> by) | (word << (64n - by))) & MASK;

/**
 * SHA-512.
 * @param {Uint8Array} bytes
 * @returns {Uint8Array} 64 bytes
 */
export function sha512(bytes) {
  const padded = new Uint8Array(Math.ceil((bytes.length + 17) / 128) * 128);
  padded.set(bytes);
  padded[bytes.length] = 0x80;
  const view = new DataView(padded.buffer);
  view.setBigUint64(padded.length - 8, BigInt(bytes.length) * 8n);
  let state = START;
  for (let at = 0; at < padded.length; at += 128) {
    const w = Array.from({ length: 16 }, (_, i) => view.getBigUint64(at + 8 * i));
    for (let t = 16; t < 80; t += 1) {
      const [x, y] = [w[t - 15], w[t - 2]];
      const one = turn(x, 1n) ^ turn(x, 8n) ^ (x >> 7n);
      const other = turn(y, 19n) ^ turn(y, 61n) ^ (y >> 6n);
      w.push((w[t - 16] + one + w[t - 7] + other) & MASK);
    }
    let [a, b, c, d, e, f, g, h] = state;
    for (let t = 0; t < 80; t += 1) {
      const t1 = h + (turn(e, 14n) ^ turn(e, 18n) ^ turn(e, 41n)) + ((e & f) ^ (~e & MASK & g)) + K[t] + w[t];
      const t2 = (turn(a, 28n) ^ turn(a, 34n) ^ turn(a, 39n)) + ((a & b) ^ (a & c) ^ (b & c));
      [a, b, c, d, e, f, g, h] = [(t1 + t2) & MASK, a, b, c, (d + t1) & MASK, e, f, g];
    }
    state = [a, b, c, d, e, f, g, h].map((word, i) => (word + state[i]) & MASK);
  }
  const out = new DataView(new ArrayBuffer(64));
  state.forEach((word, i) => out.setBigUint64(8 * i, word));
  return new Uint8Array(out.buffer);
}

const P = 2n ** 255n - 19n;
const L = 2n ** 252n + 27742317777372353535851937790883648493n;
const mod = (value) => ((value % P) + P) % P;

function power(base, exponent) {
  let [found, square, rest] = [1n, mod(base), exponent];
  while (rest) {
    if (rest & 1n) found = (found * square) % P;
    square = (square * square) % P;
    rest >>= 1n;
  }
  return found;
}

const D = mod(-121665n * power(121666n, P - 2n));
const ROOT = power(2n, (P - 1n) / 4n);

const number = (bytes) => bytes.reduceRight((sum, byte) => (sum << 8n) | BigInt(byte), 0n);

/** A point from its 32 bytes, null where they are none. */
function decode(bytes) {
  const sign = BigInt(bytes[31] >> 7);
  const y = number(bytes) & ((1n << 255n) - 1n);
  if (y >= P) return null;
  const square = mod((y * y - 1n) * power(D * y * y + 1n, P - 2n));
  let x = power(square, (P + 3n) / 8n);
  if (mod(x * x - square)) x = (x * ROOT) % P;
  if (mod(x * x - square) || (x === 0n && sign)) return null;
  if ((x & 1n) !== sign) x = P - x;
  return [x, y, 1n, (x * y) % P];
}

const D2 = mod(2n * D);

function add([x1, y1, z1, t1], [x2, y2, z2, t2]) {
  const a = ((y1 - x1 + P) * (y2 - x2 + P)) % P;
  const b = ((y1 + x1) * (y2 + x2)) % P;
  const c = (((t1 * t2) % P) * D2) % P;
  const d = (2n * z1 * z2) % P;
  const [e, f, g, h] = [b - a + P, d - c + P, d + c, b + a];
  return [(e * f) % P, (g * h) % P, (f * g) % P, (e * h) % P];
}

const ZERO = [0n, 1n, 1n, 0n];
const DIGITS = 64;

/** All that a scalar can take from a point, four bits at a time: 64 rows of 16 points, so that a multiplication is 64 additions. */
function tableOf(point) {
  const rows = [];
  let unit = point;
  for (let digit = 0; digit < DIGITS; digit += 1) {
    const row = [ZERO];
    for (let i = 1; i < 16; i += 1) row.push(add(row[i - 1], unit));
    rows.push(row);
    unit = add(row[15], unit);
  }
  return rows;
}

function times(scalar, table) {
  const digits = scalar.toString(16).padStart(DIGITS, '0');
  let sum = ZERO;
  for (let digit = 0; digit < DIGITS; digit += 1) {
    const value = parseInt(digits[DIGITS - 1 - digit], 16);
    if (value) sum = add(sum, table[digit][value]);
  }
  return sum;
}

/** The 32 bytes of a point. */
function encode([x, y, z]) {
  const inverse = power(z, P - 2n);
  let rest = (y * inverse) % P;
  if (((x * inverse) % P) & 1n) rest |= 1n << 255n;
  const out = new DataView(new ArrayBuffer(32));
  for (let i = 0; i < 32; i += 8, rest >>= 64n) out.setBigUint64(i, rest & MASK, true);
  return new Uint8Array(out.buffer);
}

const BASE = Uint8Array.of(0x58, ...new Array(31).fill(0x66));
const tables = new Map();
const seen = new Map();

/** The table of the negative of a key's point (of the base point itself), made once; null where the key is no point. */
function tableFor(bytes, isBase = false) {
  const name = bytes.join();
  if (!tables.has(name)) {
    const point = decode(bytes);
    const [x, y, z, t] = point ?? ZERO;
    tables.set(name, point && tableOf(isBase ? point : [P - x, y, z, P - t]));
  }
  return tables.get(name);
}

/**
 * Whether a signature (64 bytes) over a message was made with the key of `open` (32 bytes); without cofactor, S below the order.
 * @param {Uint8Array} open
 * @param {Uint8Array} message
 * @param {Uint8Array} signature
 * @returns {boolean}
 */
export function verifySignature(open, message, signature) {
  if (open.length !== 32 || signature.length !== 64) return false;
  const input = new Uint8Array(64 + message.length);
  input.set(signature.subarray(0, 32));
  input.set(open, 32);
  input.set(message, 64);
  const name = `${signature.join()}/${input.subarray(32).join()}`;
  if (!seen.has(name)) seen.set(name, holds(open, input, signature));
  return seen.get(name);
}

/** Whether S times the base less k times the key is R, written as a point has to be. */
function holds(open, input, signature) {
  const [table, s] = [tableFor(open), number(signature.subarray(32))];
  if (!table || s >= L) return false;
  const k = number(sha512(input)) % L;
  const found = encode(add(times(s, tableFor(BASE, true)), times(k, table)));
  return found.every((byte, i) => byte === signature[i]);
}
