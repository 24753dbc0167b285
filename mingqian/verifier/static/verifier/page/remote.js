/** A `Checker` behind a worker. */

export class RemoteChecker {
  /** @param {Worker} worker */
  constructor(worker) {
    this.worker = worker;
    this.waiting = new Map();
    this.asked = 0;
    worker.addEventListener('message', ({ data: { number, found, failed } }) => {
      const { resolve, reject } = this.waiting.get(number);
      this.waiting.delete(number);
      if (failed === undefined) resolve(found);
      else reject(new Error(failed));
    });
    worker.addEventListener('error', () => {
      for (const { reject } of this.waiting.values()) reject(new Error('no worker'));
      this.waiting.clear();
    });
  }

  ask(call, ...given) {
    this.asked += 1;
    return new Promise((resolve, reject) => {
      this.waiting.set(this.asked, { resolve, reject });
      this.worker.postMessage({ number: this.asked, call, given });
    });
  }

  check(source, options) {
    return this.ask('check', source, options);
  }

  again(options) {
    return this.ask('again', options);
  }

  explain(id) {
    return this.ask('explain', id);
  }
}
