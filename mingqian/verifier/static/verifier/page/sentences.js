/** What the headline of a check says, in whole sentences. */

import { sentenceOf } from './reasons.js';
import { beijing, beijingSeconds, lotWord, STEP_WORDS } from './words.js';

const VERDICTS = {
  'verified-complete': { kind: 'ok', word: '核验通过' },
  'verified-unanchored': { kind: 'wait', word: '结果算得对，真伪未证实' },
  pending: { kind: 'wait', word: '尚未开签' },
  refused: { kind: 'bad', word: '核验不通过' },
};

const VOID = { 'verified-complete': '核验通过：已作废，没有结果', 'verified-unanchored': '已作废，没有结果；真伪未证实' };

/** @returns {{kind: string, word: string}} */
export const verdictOf = ({ status, head }) => ({ ...VERDICTS[status], ...(head?.state === 'void' && VOID[status] ? { word: VOID[status] } : {}) });

function unproved({ ledger }) {
  if (ledger === null) return '抽取文件里没有留痕证明：这些文件是什么时候做的、献数截止是否在开签之前，无从证明，真伪未知。';
  if (!ledger.confirmed) {
    return '没有填写平台的留痕公钥，不能确认这些文件就是当时记入公开留痕的那一份，真伪未知。把从公告、报纸等其他渠道得到的公钥填在“公钥和保存的检查点”里，就能确认。';
  }
  return '所要求的外部见证签名不够，不能确认留痕当时已有别人看到。';
}

function proved({ ledger }) {
  if (ledger.as_of !== null) return `各步都按时记入公开留痕，没有遗漏；截至 ${beijingSeconds(ledger.as_of)}，已有 ${ledger.cosigners} 家外部见证看到。`;
  return `各步都按时记入公开留痕，到第 ${ledger.size} 条为止没有遗漏（这一点以留痕持有人的话为准，没有外部见证）。`;
}

/** One sentence or two under the headline. */
export function statusText(report) {
  if (report.status === 'refused') return `${sentenceOf(report.reason)}。这份抽取文件不能证明抽取是公正的。`;
  if (report.status === 'pending') return '到目前为止的内容都已核对，没有发现问题；最后一步还没有完成，所以不能说“通过”。';
  const void_ = report.head.state === 'void';
  const same = void_ ? '封存和作废的内容都已用本机核对，与规则一致。' : '从封存到结果，每一步都已用本机重新计算，与公布的完全一致。';
  return same + (report.status === 'verified-complete' ? proved(report) : unproved(report));
}

const committedOf = ({ witnesses }) => witnesses.filter(([, how]) => how === 'committed').length;

/** What guards a lot, or that nothing does. */
export function guardText(lot) {
  const people = `${lot.witnesses.length} 位监督人`;
  const committed = committedOf(lot);
  if (lot.guarded === null) return `${people}，献数还没有收齐`;
  const beacon = { cosigners: '，公开随机源在献数截止之后才产生（有外部见证）', holder: '，另有公开随机源（“先截止献数、后公布号码”只有经办机关自己的说法）' }[lot.beacon_rests] ?? '';
  if (lot.state === 'void') {
    return lot.guarded ? `${people}，作废时没有人能算出会抽到谁` : `${people}，没有未公开的承诺，也没有可证明的公开随机源：经办人作废之前可能已经算出会抽到谁`;
  }
  if (lot.guarded) return `${people}，其中 ${committed} 位用自己的手机先承诺后公布${beacon}`;
  const rest = lot.beacon_rests === 'holder' ? '公开随机源是否在献数截止之后才产生也没有证明' : '也没有公开随机源';
  return `没有人先承诺，${rest}：经办人与最后一位发言者本可以选择结果`;
}

const byNumber = (report, number) => report.census.lots.find((lot) => String(lot.number) === number);

/** Warnings, first of all that is said. */
export function warningTexts(report) {
  return report.warnings.map((warning) => {
    const [kind, number] = warning.split(' ');
    const lot = byNumber(report, number);
    if (kind === 'unguarded') return `${lotWord(number)}：${guardText(lot)}。`;
    return `${lotWord(number)}的 ${lot.witnesses.length} 位监督人都不是原来抽取时的监督人，可能是经办人另找的。`;
  });
}

function lotNotices(lot, detail, now) {
  const out = [];
  const word = lotWord(lot.number);
  const gone = detail.given.filter(({ withheld }) => withheld).map(({ name }) => name);
  if (lot.state === 'void') out.push(`${word}${lot.closed ? '在献数截止之后' : '在献数截止之前'}作废，理由：${detail.reason}；批准人：${detail.approver}。`);
  if (gone.length) out.push(`${word}：${gone.join('、')}承诺之后没有公布自己的献数，这次抽签因此作废。`);
  if (lot.state === 'void' && lot.beacon === 'missing' && lot.closed) out.push(`${word}作废时没有公开随机源的值。`);
  if (lot.late) out.push(`${word}${lot.state === 'void' ? '作废' : '开签'}晚于最迟时间 ${beijing(lot.open_by)}。`);
  // The check itself knows no clock; whether the time is over is for the reader of the page.
  if (lot.ended_at === null && Date.parse(lot.open_by) < now) out.push(`${word}已过最迟开签时间 ${beijing(lot.open_by)}，至今没有开签，也没有作废（已逾期）。`);
  return out;
}

function attemptNotices({ head, ledger }) {
  const out = [];
  if (head.attempt > 1) out.push(`这是同一任务的第 ${head.attempt} 次封存，前面 ${head.attempt - 1} 次都已作废。`);
  if (ledger && ledger.last[0] > head.attempt) out.push(`这一次作废之后，同一任务又封存过：留痕里最后是第 ${ledger.last[0]} 次。`);
  if (ledger && !ledger.last[1] && ledger.last[0] === head.attempt) out.push(`留痕里这一任务的最后一步是${STEP_WORDS[ledger.last[2]]}。`);
  return out;
}

function keptNotices({ ledger }) {
  return (ledger?.kept ?? []).map(([size, compared]) => (
    compared ? `您保存的检查点（${size} 条）与这份留痕一致。` : `您保存的检查点（${size} 条）签名有效，但大小不同又没有附证明路径，没有比对。`
  ));
}

/** What is worth knowing and changes nothing of the verdict. */
export function noticeTexts(report, now = Date.now()) {
  if (!report.head) return [];
  const { lots, appointments } = report.census;
  const guards = lots.filter(({ guarded }) => guarded).map((lot) => `${lots.length > 1 ? `${lotWord(lot.number)}：` : ''}${guardText(lot)}。`);
  return [
    ...guards, ...attemptNotices(report), ...lots.flatMap((lot, i) => lotNotices(lot, report.details[i], now)),
    ...(appointments.length ? [`其中有直接委派 ${appointments.length} 次，不是抽签产生，见变更。`] : []), ...keptNotices(report),
  ];
}
