/** Behaviour of `witness.html`: the same device where no phone reaches the platform; everything comes and goes as QR codes or typed text. */

import { h } from '../page/dom.js';
import { pad } from './pad.js';
import { reader } from './qr.js';
import { Session, storageWorks } from './session.js';
import { CloseParts, commitText, openText, readSealText } from './texts.js';
import { codeBox, keptBox, note, NO_STORAGE, value } from './ui.js';

const LAST = 'mq2-witness/last';

class Offline {
  constructor(body) {
    this.body = body;
    this.parts = new CloseParts();
  }

  show(...parts) {
    this.body.replaceChildren(...parts);
  }

  begin() {
    this.show(h('h2', null, '第一步　读取封存'), reader('大屏上您名字旁的二维码（以“MQ2-SEAL”开头的一行）', (text) => {
      if (!readSealText(text)) return false;
      localStorage.setItem(LAST, text.trim());
      this.work(readSealText(text));
      return true;
    }));
  }

  /** Goes on where the device stands with this lot. */
  work(invited) {
    this.session = new Session(invited);
    this.head = [h('p', { class: 'mqw-who' }, `第 ${invited.position} 位监督人　${invited.name}`), value('封存指纹（与大屏核对）', invited.seal)];
    const { kept } = this.session;
    if (!kept) {
      this.show(...this.head, h('h2', null, '第二步　生成承诺'), pad((digits) => {
        this.session.commit(digits);
        this.work(invited);
      }), this.other());
    } else if (this.session.opening()) {
      this.opened(kept);
    } else {
      this.committed(kept);
    }
  }

  committed(kept) {
    const state = h('div', null);
    const take = (text) => {
      if (!this.parts.take(text)) return false;
      const { told, count, parts } = this.parts;
      const problem = told ? this.session.takeClose(told) : '';
      if (told && !problem) this.opened(this.session.kept);
      else state.replaceChildren(problem ? note(problem, 'mqw-bad') : note(`已读到 ${parts.size} 张，共 ${count} 张，请继续`));
      if (problem) this.parts.clear(0);
      return Boolean(told);
    };
    this.show(...this.head, h('h2', null, '第三步　把承诺给经办人扫'), codeBox(commitText(this.session, kept.commit), '承诺的二维码', true),
      h('h2', null, '第四步　献数截止以后，读取献数截止记录'), state, reader('大屏上的献数截止二维码（以“MQ2-CLOSE”开头，可能有几张）', take),
      note('核对出您的承诺在献数截止记录里、并已记入留痕之前，本页不会交出您的数字。不要清除浏览器数据。'), keptBox(kept), this.other());
  }

  opened(kept) {
    this.show(...this.head, h('h2', null, '第五步　公布您的数字'), note('献数截止记录里有您的承诺，并已记入公开留痕。请把下面的二维码给经办人扫。', 'mqw-good'),
      codeBox(openText(this.session, this.session.opening()), '数字和随机码的二维码', true), keptBox(kept), this.other());
  }

  other() {
    return h('p', null, h('button', { type: 'button', class: 'mqw-button', click: () => this.begin() }, '换一次抽签'));
  }
}

/** Wires the page up. */
export function startOffline() {
  const body = document.getElementById('device');
  body.classList.add('mqw');
  const page = new Offline(body);
  if (!storageWorks()) {
    page.show(note(NO_STORAGE, 'mqw-bad'));
    return;
  }
  const last = readSealText(localStorage.getItem(LAST) ?? '');
  if (last) page.work(last);
  else page.begin();
}
