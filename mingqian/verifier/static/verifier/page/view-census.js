/** What whoever does not trust the operator wants counted, as tables. */

import { h, section, table } from './dom.js';
import { beijing, lotWord, statusWord, stratumWord } from './words.js';

function block(title, columns, rows, note = '') {
  const body = rows.length ? table(title, columns, rows, (row) => row) : h('p', { class: 'mqv-none' }, h('strong', null, title), '　没有');
  return h('div', { class: 'mqv-census-item' }, body, note ? h('p', { class: 'mqv-note' }, note) : null);
}

const counts = (object, word) => Object.entries(object).map(([key, count]) => [word(key), count]);

const HOW = { committed: '自己的手机，先承诺后公布', spoken: '当场口头报数', none: '没有献数' };

function witnessRows(census, details) {
  return census.lots.flatMap((lot, l) => lot.witnesses.map(([name, how, known], i) => {
    const gone = details[l].given[i].withheld;
    const shown = gone ? '承诺之后没有公布' : known ? '已公布' : how === 'none' ? '—' : '尚未公布';
    return [lotWord(lot.number), name, HOW[how], shown, lot.new.includes(name) ? '是' : ''];
  }));
}

function free(census) {
  const line = (title, one) => [title, one.least, one.subjects];
  return [line('全部可抽人员', census.free), ...(census.home ? [line(`带队科室 ${census.home.unit}（可抽 ${census.home.in} 人）`, census.home)] : [])];
}

const nowRows = ({ now }) => [
  ...now.unavailable.map(([subject, one]) => [subject, one, '已登记不能参加，尚未更换']),
  ...now.conflicts.map(([subject, one]) => [subject, one, '应当回避，尚未更换']),
  ...now.absent.map(([subject, one]) => [subject, one, '已登记不能到场，尚未更换']),
  ...now.appointed.map(([subject, one]) => [subject, one, '非抽签产生（直接委派）']),
  ...now.without_home.map((subject) => [subject, '', '检查组里没有带队科室的人']),
  ...now.excused.map((subject) => [subject, '', '已登记不应检查，尚未更换']),
];

function people(census, names) {
  const said = (id) => names.said(id);
  return [
    block('需要回避的人（涉及参加抽取的对象）', ['人员', '封存时的对数', '后来登记的对数'], census.barred.map(([id, sealed, later]) => [said(id), sealed, later])),
    block('封存之后加入的人', ['人员', '单位', '封存时的状态', '第几号变更'],
      census.joined.map(([id, unit, status, number]) => [said(id), unit, statusWord(status), number])),
    block('每个位置申请变更的次数（含作废）', ['对象', '人员', '次数'], census.attempts.map(([subject, one, seals]) => [said(subject), one ? said(one) : '—', seals])),
    block('现在还需留意的位置', ['对象', '人员', '情况'], nowRows(census).map(([subject, one, what]) => [said(subject), one ? said(one) : '—', what])),
  ];
}

/** @returns {HTMLElement} */
export function censusSection({ census, details }, names) {
  const { subjects, inspectors } = census;
  const late = census.lots.map((lot) => [lotWord(lot.number), beijing(lot.sealed_at), beijing(lot.open_by), lot.ended_at ? beijing(lot.ended_at) : '—', lot.late ? '晚于期限' : '']);
  return section('统计', h('p', { class: 'mqv-explain' }, '以下不影响结论，供留心的人细看：有没有不该排除的、不该多给签的、反复更换的。'),
    h('div', { class: 'mqv-census' },
      block('监督人', ['抽签', '姓名', '怎样献数', '是否公布', '原抽取没有的人'], witnessRows(census, details)),
      block('时间', ['抽签', '封存', '最迟', '开签或作废', '期限'], late),
      block(`对象名单的状态（共 ${subjects.rows} 家）`, ['状态', '家数'], counts(subjects.status, statusWord)),
      block('签数', ['签数', '家数'], counts(subjects.lots, (lots) => `${lots} 支`)),
      block('分层', ['分层', '参加', '免检免扰', '不参加', '名额', '必然全中'],
        subjects.strata.map((one) => [stratumWord(one.stratum), one.in, one.exempt, one.out, one.quota, one.certain ? '是' : ''])),
      block(`人员名单的状态（共 ${inspectors.rows} 人）`, ['状态', '人数'], counts(inspectors.status, statusWord)),
      block('人员所在单位', ['单位', '可抽', '不参加'], inspectors.units.map((one) => [one.unit, one.in, one.out])),
      block('最少可派的人', ['范围', '最少可派人数', '有几家如此'], free(census), '回避越多，可派的人越少，抽签的余地越小。'),
      ...people(census, names)));
}
