/** Which files a bundle holds, and whether the set is one that MQ1 knows. */

import { FILE_TITLES } from './words.js';

const DRAW = ['subjects.tsv', 'inspectors.tsv', 'conflicts.tsv', 'seal.json'];
const NAME = /^(?:supplement-([1-9][0-9]{0,9})\/)?(seal|reveal|result|void)\.json$/;

function stage(names) {
  if (names.has('void')) return 'void';
  return names.has('result') ? 'opened' : 'pending';
}

/** One step of the draw (number 0) or a supplement: is its set of files one that can be? */
function checkPart(report, prefix, names) {
  report.check(names.has('seal'), 'files', `${prefix}seal.json`, `缺少 ${prefix}seal.json（封存文件）`);
  if (names.has('void')) {
    for (const other of ['reveal', 'result']) {
      report.check(!names.has(other), 'files-void', `${prefix}${other}.json`, `已作废，不应再有 ${prefix}${other}.json`);
    }
  }
  // Whether a supplement's result needs a reveal depends on its kind, which its seal tells (E3): `checkSupplements` sees to that.
  if (names.has('result') && !prefix) {
    report.check(names.has('reveal'), 'files', `${prefix}reveal.json`, `有结果却缺少 ${prefix}reveal.json（开签文件）`);
  }
}

/**
 * Sorts the files of a bundle into the draw and its supplements.
 * @param {Map<string, Uint8Array>} files
 * @param {import('./report.js').Report} report
 * @returns {{stages: string[], ledger: boolean} | null} `stages[n]`: `opened`, `void` or `pending`, 0 being the draw
 */
export function sortFiles(files, report) {
  const before = report.count;
  /** @type {Map<number, Set<string>>} */
  const parts = new Map([[0, new Set()]]);
  for (const name of files.keys()) {
    const match = NAME.exec(name);
    if (match) {
      const number = Number(match[1] || 0);
      if (!parts.has(number)) parts.set(number, new Set());
      parts.get(number).add(match[2]);
    } else {
      report.check(DRAW.includes(name) || name === 'ledger.json', 'files', name, `多出的文件：${name}`);
    }
  }
  for (const name of DRAW.slice(0, 3)) report.check(files.has(name), 'files', name, `缺少 ${name}（${FILE_TITLES[name]}）`);
  const numbers = Array.from(parts.keys()).sort((a, b) => a - b);
  const stages = [];
  for (const [index, number] of numbers.entries()) {
    const prefix = number ? `supplement-${number}/` : '';
    if (!report.check(number === index, 'files', prefix, `补充抽取编号不连续：有 ${prefix}，没有 supplement-${index}/`)) break;
    checkPart(report, prefix, parts.get(number));
    stages.push(stage(parts.get(number)));
  }
  if (stages.length > 1) {
    report.check(stages[0] !== 'void', 'files-void', 'supplement-1/', '抽取已作废，不应有补充抽取');
    const early = stages.slice(0, -1).indexOf('pending');
    const where = early > 0 ? `补充抽取 ${early}` : '抽取';
    report.check(early < 0, 'files', '', `${where}尚未开签，其后却还有补充抽取`);
  }
  return report.count === before ? { stages, ledger: files.has('ledger.json') } : null;
}
