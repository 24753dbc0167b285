/** The recomputed result against the published one. */

import { firstDifference, parseCanonical } from './canonical.js';
import { utf8 } from './sha256.js';

/**
 * The recomputed result against the file, byte for byte.
 * @returns {boolean}
 */
export function compareResult(report, files, file, text) {
  const want = utf8(text);
  const got = files.get(file);
  if (got.length === want.length && got.every((byte, index) => byte === want[index])) return true;
  const value = report.form('json', file, () => parseCanonical(got));
  const where = value === null ? '' : `（${firstDifference(value, JSON.parse(text)) || '写法'}）`;
  report.problem('result-differs', file, `${file} 与重新计算的结果不同${where}`);
  return false;
}
