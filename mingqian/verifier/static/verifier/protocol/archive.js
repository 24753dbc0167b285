/** From the bytes of a zip, or from what a reader dropped, to a checked bundle; what cannot even be read is refused like the rest. */

import { FormError } from './canonical.js';
import { refusal, verifyBundle } from './verify.js';
import { readZip } from './zip.js';

/**
 * @param {() => Promise<Map<string, Uint8Array>>} load
 * @param {Parameters<typeof verifyBundle>[1]} [options]
 * @returns {Promise<{files: Map<string, Uint8Array>, result: Awaited<ReturnType<typeof verifyBundle>>}>}
 */
export async function verifyLoaded(load, options = {}) {
  let files;
  try {
    files = await load();
  } catch (error) {
    const text = error instanceof FormError ? error.message : '文件读不出来，可能已移动或没有权限';
    return { files: new Map(), result: refusal('input', text) };
  }
  return { files, result: await verifyBundle(files, options) };
}

/**
 * @param {Uint8Array} bytes of a zip
 * @param {Parameters<typeof verifyBundle>[1]} [options]
 */
export function verifyZip(bytes, options = {}) {
  return verifyLoaded(() => readZip(bytes), options);
}
