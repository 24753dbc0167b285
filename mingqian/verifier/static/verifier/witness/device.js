/**
 * A witness's own phone on the platform's invitation page. `startDevice(element)` fills an element with
 *
 *     data-seal, data-position, data-name, data-log-key      whom the device works for, and the key of the log
 *     data-commit-url      POST `commit`
 *     data-state-url       GET {"state": "sealed|closed|opened|voided", "commit": hash or "", "close": text of close.json or "", "entry": {...},
 *                          "index": n, "checkpoint": note, "inclusion": [hash, ...], "opened": bool}
 *     data-open-url        POST `digits`, `nonce`
 *
 * and a hidden input with Django's CSRF token inside. Posts are forms and answer {"ok": true} or {"error": "中文"}. Only the commit leaves the
 * phone before the close; digits and nonce follow once the close has the commit in its place and is proved to be on the log. The element
 * fires `mq-witness` with {step} whenever what it shows changes: pad, waiting, dead, wrong, opened, done, voided.
 */

import { h } from '../page/dom.js';
import { pad } from './pad.js';
import { Session, storageWorks } from './session.js';
import { commitText, openText } from './texts.js';
import { codeBox, DEAD, keptBox, note, NO_STORAGE, value } from './ui.js';

const EVERY = 3000;
const NO_NETWORK = '现在连不上服务器，正在重试。内容已保存在本机，不要清除浏览器数据。';

async function post(url, token, fields) {
  const body = new URLSearchParams({ csrfmiddlewaretoken: token, ...fields });
  const response = await fetch(url, { method: 'POST', body, credentials: 'same-origin', headers: { 'X-CSRFToken': token } });
  const { ok, error } = await response.json();
  return ok ? '' : error || '服务器没有接受，请重试';
}

class Device {
  constructor(element) {
    const { seal, position, name, logKey, commitUrl, stateUrl, openUrl } = element.dataset;
    Object.assign(this, { element, name, commitUrl, stateUrl, openUrl, shown: '', told: null, problem: '' });
    this.token = element.querySelector('input[name=csrfmiddlewaretoken]')?.value ?? '';
    this.session = new Session({ seal, position: Number(position), logKey });
    this.body = h('div', { class: 'mqw' });
    element.append(this.body);
  }

  show(step, ...parts) {
    const problem = this.problem ? [note(this.problem, 'mqw-bad')] : [];
    const key = `${step}/${this.problem}`;
    if (key === this.shown) return;
    this.shown = key;
    this.body.replaceChildren(...problem, ...parts);
    this.element.dispatchEvent(new CustomEvent('mq-witness', { bubbles: true, detail: { step } }));
  }

  async send(url, fields) {
    try {
      this.problem = await post(url, this.token, fields);
    } catch {
      this.problem = NO_NETWORK;
    }
  }

  async make(digits) {
    await this.send(this.commitUrl, { commit: this.session.commit(digits) });
    await this.look();
  }

  /** Asks how the lot stands, and goes on from there. */
  async look() {
    try {
      const response = await fetch(this.stateUrl, { credentials: 'same-origin' });
      if (!response.ok) throw new Error(String(response.status));
      this.told = await response.json();
      if (this.problem === NO_NETWORK) this.problem = '';
    } catch {
      this.problem = NO_NETWORK;
    }
    await this.go();
  }

  async go() {
    const { told, session } = this;
    const { kept } = session;
    if (told === null) this.show('waiting', note('正在连接…'));
    else if (told.state === 'voided') this.show('voided', note('这次抽签已经作废，作废永久公示。您的数字没有用上。'), ...(kept ? [keptBox(kept)] : []));
    else if (told.commit && told.commit !== kept?.commit) this.show('dead', note(DEAD, 'mqw-bad'));
    else if (told.state === 'sealed') await this.sealed(told, kept);
    else if (!kept) this.show('wrong', note('献数已经截止，您没有交出承诺。'));
    else await this.closed(told, kept);
  }

  async sealed(told, kept) {
    if (!kept) {
      this.show('pad', note(`${this.name}，名单已经封存，没有人知道您的数字会抽出谁。您的数字先留在本机，献数截止之前只交出它的承诺。`), pad((digits) => this.make(digits)));
      return;
    }
    // Made, and not arrived: a reload or a broken line in between.
    if (!told.commit) {
      await this.send(this.commitUrl, { commit: kept.commit });
      if (!this.problem) told.commit = kept.commit;
    }
    this.show('waiting', note(told.commit ? '承诺已经交出。请等其他监督人献数；献数截止以后，本页自动核对并公布您的数字。' : '承诺已经生成，正在交出…'),
      note('在那之前不要关机，不要清除浏览器数据，不要把数字告诉任何人。'), value('您的承诺', kept.commit),
      codeBox(commitText(this.session, kept.commit), '二维码（连不上网时给经办人扫）', false), keptBox(kept));
  }

  async closed(told, kept) {
    const wrong = this.session.takeClose(told);
    const opening = wrong ? null : this.session.opening();
    if (wrong) {
      this.show(`wrong ${wrong}`, note(wrong, 'mqw-bad'), value('您的承诺', kept.commit), keptBox(kept));
      return;
    }
    if (!told.opened) {
      await this.send(this.openUrl, opening);
      if (!this.problem) told.opened = true;
    }
    const done = told.state === 'opened';
    const text = done ? '已经开签。公示页上您的数字和随机码应与本机保存的一致。'
      : told.opened ? '献数截止记录里有您的承诺，并已记入公开留痕；您的数字已经公布，等待开签。' : '献数截止记录里有您的承诺，正在公布您的数字…';
    this.show(done ? 'done' : `opened ${told.opened}`, note(text, told.opened ? 'mqw-good' : ''), value('您的数字', kept.digits),
      ...(told.opened ? [] : [codeBox(openText(this.session, opening), '二维码（连不上网时给经办人扫）', true)]), keptBox(kept));
  }
}

/**
 * @param {HTMLElement} element with the data attributes above
 * @returns {() => void} stops asking
 */
export function startDevice(element) {
  const device = new Device(element);
  if (!storageWorks()) {
    device.show('dead', note(NO_STORAGE, 'mqw-bad'));
    return () => {};
  }
  let open = true;
  const turn = async () => {
    if (!open) return;
    await device.look();
    setTimeout(turn, EVERY);
  };
  // A second tab shows the same.
  addEventListener('storage', ({ key }) => { if (key === device.session.name) device.go(); });
  turn();
  return () => { open = false; };
}

for (const element of document.querySelectorAll('[data-mq-witness]')) startDevice(element);
