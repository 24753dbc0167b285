/** One check of one bundle from end to end. */

import { takeCensus } from './census.js';
import { performDraw, resultText } from './draw.js';
import { sortFiles } from './files.js';
import { checkLedger } from './ledger.js';
import { checkReveal, checkVoid } from './opening.js';
import { codeLine, Report, textLine } from './report.js';
import { compareResult } from './result.js';
import { checkSeal, checkSealable } from './seal.js';
import { digestHex, selfCheck, webCrypto } from './sha256.js';
import { isAppointed, startStanding } from './supplement.js';
import { checkSupplements } from './supplements.js';
import { conflictMap, checkTables } from './tables.js';
import { ASSIGNMENT_WORDS, beijing, FILE_TITLES, stratumWord, VERSION } from './words.js';

/** What a finished check knows, for `explainSubject`; kept by the Map of files that it was made from. */
const models = new WeakMap();

/**
 * @param {Map<string, Uint8Array>} files
 * @returns {any} the model of the last check of these files, or undefined
 */
export function modelOf(files) {
  return models.get(files);
}

async function listFiles(report, files) {
  const before = report.count;
  const sorted = sortFiles(files, report);
  const lines = [];
  for (const name of Object.keys(FILE_TITLES)) {
    if (files.has(name)) lines.push(codeLine(`${FILE_TITLES[name]} ${name}`, await digestHex(files.get(name))));
  }
  report.step('文件齐全', `数据包共 ${files.size} 个文件，不多不少。每个文件的数字指纹（SHA-256）可以自己另算一遍。`, lines, before, '齐全');
  return sorted;
}

function describeSeal(seal, digest) {
  const lines = [
    textLine('标题', seal.title), textLine('机关', seal.organ), textLine('抽取编号', seal.draw_id), textLine('任务范围', seal.scope),
    textLine('封存时间', beijing(seal.sealed_at)), textLine('开签期限', beijing(seal.open_by)),
    textLine('派员方式', ASSIGNMENT_WORDS[seal.rules.assignment]), textLine('抽取监督人', seal.witnesses.join('、')),
    ...(seal.rules.home ? [textLine('牵头科室', `${seal.rules.home}（每组第一人）`)] : []),
    textLine('应抽数', seal.rules.quotas.map(({ stratum, count }) => `${stratumWord(stratum)} ${count} 家`).join('，')),
  ];
  if (seal.beacon) lines.push(textLine('公共随机数', `${seal.beacon.source}，${seal.beacon.round}，${beijing(seal.beacon.due)} 产生`));
  return lines.concat(codeLine('封存指纹', digest));
}

async function readSeal(report, files) {
  const before = report.count;
  const seal = checkSeal(report, files);
  const digest = await digestHex(files.get('seal.json'));
  report.step('封存文件', '规则、名册总指纹、抽取监督人和密数承诺在封存时一并定死。封存指纹变了，就不是当时封存的那一份。',
    seal ? describeSeal(seal, digest) : [codeLine('封存指纹', digest)], before, '合规');
  return seal && { seal, digest };
}

function describeStrata(strata) {
  return strata.flatMap(({ stratum, quota, participants, selected, passed, cutoff }) => [
    textLine(stratumWord(stratum), `应抽 ${quota} 家，${participants} 家参加，抽中 ${selected.length} 家，免检免扰顺延 ${passed.length} 家`),
    codeLine('　入选线（最后一个入选签号）', cutoff),
  ]);
}

async function openDraw(report, files, model) {
  const { seal, tables, context } = model;
  const opened = await checkReveal(report, files, context);
  if (!opened) return null;
  model.opened = opened;
  if (!files.has('result.json')) return null;
  const before = report.count;
  const drawn = await performDraw(report, seal, tables, model.conflicts, opened.seed);
  model.drawn = drawn;
  report.step('签号与抽中对象', '每支签的签号由总种子、编号和签的序号算出，与名册中的位置无关。每个分层从小到大取满应抽数。',
    describeStrata(drawn.strata), before, '已重算');
  const batches = new Set(drawn.assignments.map(({ batch }) => batch)).size;
  if (seal.rules.assignment !== 'none') {
    report.step('派员与批次', '按抽中对象的签号从小到大，从洗好的人员牌中依次发牌，须回避的跳过。',
      [textLine('检查组', `${drawn.assignments.length} 个对象已重新派员，每组 ${seal.rules.team_size} 人`), textLine('批次', `${batches} 批`)],
      before, '已重算');
  }
  const text = resultText(seal, context.sealDigest, opened.digest, opened.seed, drawn);
  compareResult(report, files, 'result.json', text);
  const digest = await digestHex(files.get('result.json'));
  report.step('结果逐字节相同', '用以上数据从头重新计算一遍，得到的结果文件应与公布的一个字节都不差。', [codeLine('结果指纹', digest)], before);
  return report.count === before ? { digest, time: opened.reveal.opened_at } : null;
}

async function voidDraw(report, files, model) {
  const voided = await checkVoid(report, files, model.context);
  if (!voided) return;
  model.voided = voided;
  if (voided.seed === null) return;
  model.wouldHave = await performDraw(report, model.seal, model.tables, model.conflicts, voided.seed);
  report.note('作废前本会抽出的结果', '献数已齐，所以人人都能算出：若不作废，会抽中哪些对象。', describeStrata(model.wouldHave.strata), '仅供对照');
}

/** The steps on the log that a part (draw or supplement) holds; see ledger.js. */
async function ledgerPart(number, seal, sealDigest, opened, voided, resultDigest) {
  if (seal.kind === 'appointment') {
    const digests = { seal: sealDigest, close: null, result: resultDigest, void: null };
    return { number, seal, appointment: true, opened: null, voided: null, digests };
  }
  const spoken = (opened && opened.reveal.contributions) || (voided && voided.voided.contributions) || [];
  const closed = spoken.length === seal.witnesses.length;
  return {
    number, seal, opened: opened ? opened.reveal : null, voided: voided ? voided.voided : null,
    digests: {
      seal: sealDigest, close: closed ? await digestHex(spoken.join('\n')) : null, result: resultDigest, void: voided ? voided.digest : null,
    },
  };
}

async function checkDraw(report, files, sorted, options) {
  const sealed = await readSeal(report, files);
  if (!sealed) return;
  const { seal, digest } = sealed;
  const tables = await checkTables(report, files, seal);
  if (!tables) return;
  const model = {
    seal, tables, conflicts: conflictMap(tables.conflicts.items), stage: sorted.stages[0], supplements: [], secrets: new Set(),
    verdict: 'refused',
  };
  models.set(files, model);
  if (!checkSealable(report, seal, tables, model.conflicts)) return;
  model.context = {
    seal, sealDigest: digest, drawId: seal.draw_id, number: 0, name: '本次抽取', prefix: '', secrets: model.secrets,
    step: (...step) => report.step(...step),
  };
  const stage = sorted.stages[0];
  let last = null;
  if (stage === 'void') await voidDraw(report, files, model);
  else if (stage === 'opened') last = await openDraw(report, files, model);
  else if (files.has('reveal.json')) await openDraw(report, files, model);
  model.resultDigest = last ? last.digest : null;
  if (report.count) return;
  const parts = [await ledgerPart(0, seal, digest, model.opened, model.voided, model.resultDigest)];
  if (last) {
    model.standing = startStanding(model.drawn.assignments, model.conflicts, seal.rules, tables);
    for (const item of await checkSupplements(report, files, model, sorted.stages, last)) {
      parts.push(await ledgerPart(item.number, item.seal, item.sealDigest, item.opened, item.voided, item.chosen ? item.digest : null));
    }
  }
  if (report.count) return;
  await finish(report, files, sorted, model, parts, options);
}

async function finish(report, files, sorted, model, parts, options) {
  const state = sorted.stages[sorted.stages.length - 1];
  const newest = model.supplements[model.supplements.length - 1];
  if (state === 'pending' && newest && newest.kind === 'appointment') {
    report.note('尚无结果', `补充 ${newest.number}（直接委派）已经封存，还没有结果文件。到目前为止的内容都已核对。`, [], '待完成');
  } else if (state === 'pending') {
    const name = sorted.stages.length > 1 ? `补充抽取 ${sorted.stages.length - 1}` : '本次抽取';
    report.note('尚未开签', `${name}已经封存，还没有结果，也没有作废。到目前为止的内容都已核对。`, [], '待开签');
  }
  if (sorted.ledger) {
    model.ledger = await checkLedger(report, files, parts, model.seal.draw_id, options.logKey || '');
    if (model.ledger && !model.ledger.signed) report.notices.push('此浏览器不能核对台账签名，请换用新版浏览器再核一次。');
  } else if (options.logKey) {
    // Who names the key wants the proof: a bundle whose proof was taken away must not pass.
    const before = report.count;
    report.problem('ledger-missing', 'ledger.json', '给出了台账公钥，数据包中却没有台账证明 ledger.json');
    report.step('台账证明', '给出了台账公钥，就应当有各步按时记入公开台账的证明。', [], before);
  } else {
    report.note('台账证明', '本数据包没有附台账证明（ledger.json）。各步是否按时记入公开台账，须另行查对。', [], '未附');
  }
}

function summarise(model, verdict) {
  const { seal, opened, voided, drawn, wouldHave } = model;
  const source = drawn || wouldHave;
  const tickets = new Map(source ? source.order.map((entry) => [entry.subject, entry]) : []);
  const assignments = source ? source.assignments.map((item) => ({ ...tickets.get(item.subject), ...item })) : [];
  return {
    verdict, draw_id: seal.draw_id, title: seal.title, organ: seal.organ, scope: seal.scope, witnesses: seal.witnesses, rules: seal.rules,
    sealed_at: seal.sealed_at, open_by: seal.open_by, seal: model.context ? model.context.sealDigest : null, state: model.stage,
    opened_at: opened ? opened.reveal.opened_at : null, voided_at: voided ? voided.voided.voided_at : null,
    seed: opened ? opened.seed : null, result: model.resultDigest || null, spoken: (opened || voided || { spoken: [] }).spoken,
    hypothetical: Boolean(wouldHave), strata: source ? source.strata : [], assignments, supplements: model.supplements,
    ledger: model.ledger || null,
  };
}

/**
 * Checks a bundle. Never throws: what goes wrong becomes a problem.
 * @param {Map<string, Uint8Array>} files name -> bytes
 * @param {{onStep?: (step: any) => void, onProgress?: (text: string, done: number, total: number) => void, logKey?: string}} [options]
 * @returns {Promise<{version: string, verdict: 'verified' | 'pending' | 'refused', problems: any[], problemCount: number, steps: any[],
 *   notices: string[], census: any, summary: any, teams: {subject: string, team: string[], batch: number, appointed: string[]}[]}>}
 *   `appointed` are the members of the team who are there not by lot
 */
export async function verifyBundle(files, options = {}) {
  const report = new Report(options);
  let [sorted, model, census, summary, teams] = [null, null, null, null, []];
  let verdict = 'refused';
  models.delete(files);
  try {
    report.check(await selfCheck(), 'engine', '', '本机计算数字指纹的结果不可靠，请换一个浏览器');
    if (!webCrypto()) report.notices.push('此页面不是安全连接，浏览器没有提供内置的密码算法；数字指纹改由本程序自己的算法计算。');
    sorted = await listFiles(report, files);
    if (sorted && !report.count) await checkDraw(report, files, sorted, options);
    if (!report.count) verdict = sorted.stages.includes('pending') ? 'pending' : 'verified';
    if (report.count) report.note('其余步骤', '前面已有不符，后面的步骤不再核对。', [], '未核对');
    model = modelOf(files) || null;
    if (model) {
      model.verdict = verdict;
      summary = summarise(model, verdict);
      census = model.context ? takeCensus(model) : null;
      if (model.standing) {
        const { standing } = model;
        teams = Array.from(standing.teams, ([subject, team]) => ({
          subject, team, batch: standing.batches.get(subject), appointed: team.filter((name) => isAppointed(standing, subject, name)),
        }));
      }
    }
  } catch (error) {
    verdict = 'refused';
    report.problem('internal', '', `核验程序不能处理这份数据：${error.message}`);
  }
  return {
    version: VERSION, verdict, problems: report.problems, problemCount: report.count, steps: report.steps, notices: report.notices, census,
    summary, teams,
  };
}

/**
 * The answer for something that cannot be read as a bundle at all.
 * @param {string} code
 * @param {string} text
 * @returns {Awaited<ReturnType<typeof verifyBundle>>}
 */
export function refusal(code, text) {
  return {
    version: VERSION, verdict: 'refused', problems: [{ code, file: '', row: null, text }], problemCount: 1, steps: [], notices: [], census: null,
    summary: null, teams: [],
  };
}
