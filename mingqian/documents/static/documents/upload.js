// Sends files in pieces (tus 1.0.0), shows how far they are, waits out a broken line, and goes on where the server says.
(() => {
  "use strict";

  const VERSION = "1.0.0";
  const HEAD = 1 << 20;
  // A piece begins small and grows while the line is quick; after a break it shrinks, so that little is sent twice.
  const LEAST = 256 << 10;
  const MOST = 4 << 20;
  const encoder = new TextEncoder();

  const base64 = (bytes) => {
    let text = "";
    for (const byte of bytes) text += String.fromCharCode(byte);
    return btoa(text);
  };
  const hex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  const pause = (milliseconds) => new Promise((resolve) => { setTimeout(resolve, milliseconds); });
  const written = (bytes) => {
    for (const [unit, name] of [[2 ** 30, "GB"], [2 ** 20, "MB"], [2 ** 10, "KB"]]) {
      if (bytes >= unit) return `${(bytes / unit).toFixed(1)} ${name}`;
    }
    return `${bytes} 字节`;
  };
  const timeLeft = (seconds) => {
    if (seconds < 60) return `${Math.max(1, Math.round(seconds))} 秒`;
    if (seconds < 3600) return `${Math.round(seconds / 60)} 分钟`;
    return `${(seconds / 3600).toFixed(1)} 小时`;
  };

  // What cannot be mended by sending again; the text is for the user.
  class Stop extends Error {}

  class Uploader {
    constructor(box) {
      this.box = box;
      this.list = box.querySelector("[data-upload-list]");
      this.queue = [];
      this.busy = false;
      for (const input of box.querySelectorAll("[data-upload-input]")) {
        input.addEventListener("change", () => {
          for (const file of input.files) this.take(file);
          input.value = "";
        });
      }
    }

    async digest(bytes) {
      if (globalThis.crypto?.subtle) return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
      // Without HTTPS the browser hides its own; the verifier's does as well.
      this.own ??= import(this.box.dataset.sha256);
      return (await this.own).sha256(bytes);
    }

    take(file) {
      const row = document.createElement("li");
      const name = document.createElement("div");
      const bar = document.createElement("progress");
      const text = document.createElement("p");
      const buttons = document.createElement("div");
      const hold = document.createElement("button");
      const drop = document.createElement("button");
      name.className = "mq-upload-name";
      name.textContent = `${file.name}（${written(file.size)}）`;
      bar.max = 100;
      bar.value = 0;
      bar.setAttribute("aria-label", `${file.name}的上传进度`);
      text.className = "mq-how";
      buttons.className = "mq-inline";
      for (const [button, label] of [[hold, "暂停"], [drop, "放弃"]]) {
        button.type = "button";
        button.className = "btn btn-sm";
        button.textContent = label;
        buttons.append(button);
      }
      row.append(name, bar, text, buttons);
      this.list.append(row);
      const note = this.box.querySelector("[data-upload-note]")?.value ?? "";
      const work = { file, row, bar, text, buttons, hold, drop, note, held: false, dropped: false, wake: null };
      hold.addEventListener("click", () => {
        work.held = !work.held;
        hold.textContent = work.held ? "继续" : "暂停";
        if (work.held) this.say(work, "已暂停。");
        work.abort?.abort();
        work.wake?.();
      });
      drop.addEventListener("click", () => {
        work.dropped = true;
        work.abort?.abort();
        work.wake?.();
      });
      this.say(work, "等待上传…");
      this.queue.push(work);
      this.run();
    }

    async run() {
      if (this.busy) return;
      this.busy = true;
      while (this.queue.length > 0) {
        const work = this.queue.shift();
        try {
          await this.send(work);
        } catch (error) {
          this.end(work, error instanceof Stop ? error.message : "读不出这个文件：它可能被移走或正在被改写。请重新选择。", "bad");
        }
      }
      this.busy = false;
    }

    say(work, text) {
      work.text.textContent = text;
    }

    end(work, text, tone) {
      work.buttons.remove();
      work.bar.remove();
      work.row.dataset.tone = tone;
      work.text.className = tone === "bad" ? "mq-error" : "mq-how";
      this.say(work, text);
    }

    async ask(work, url, method, headers = {}, body = null) {
      work.abort = new AbortController();
      const token = this.box.querySelector("[name=csrfmiddlewaretoken]").value;
      const response = await fetch(url, {
        method,
        body,
        headers: { "Tus-Resumable": VERSION, "X-CSRFToken": token, ...headers },
        redirect: "manual",
        cache: "no-store",
        signal: work.abort.signal,
      });
      if (response.type === "opaqueredirect") throw new Stop("登录已超时。请刷新页面重新登录，再选择同一文件，从断点继续。");
      if (response.ok || response.status === 409 || response.status === 460) return response;
      if (response.status >= 500 && response.status !== 507) throw new TypeError("the server did not answer");
      const plain = (response.headers.get("Content-Type") ?? "").startsWith("text/plain");
      throw new Stop(plain ? await response.text() : "没有上传：页面已过期，或没有权限。请刷新页面后重新选择文件。");
    }

    // Does `step` until it succeeds; a broken line is waited out, longer each time, or until the browser says that it is back.
    async patiently(work, step) {
      for (let wait = 1; ; wait = Math.min(wait * 2, 30)) {
        if (work.dropped) return null;
        if (work.held) await new Promise((resolve) => { work.wake = resolve; });
        if (work.dropped) return null;
        if (work.held) continue;
        try {
          return await step();
        } catch (error) {
          if (error instanceof Stop || !(error instanceof TypeError || error.name === "AbortError")) throw error;
          work.piece = Math.max(LEAST, (work.piece ?? LEAST) / 2);
          if (work.held || work.dropped) { wait = 0.5; continue; }
          this.say(work, `线路中断，${wait} 秒后自动重试。已收到的不会丢；也可以关掉页面，以后重新选择同一文件继续。`);
          await Promise.race([
            pause(wait * 1000),
            new Promise((resolve) => { addEventListener("online", resolve, { once: true }); work.wake = resolve; }),
          ]);
        }
      }
    }

    async send(work) {
      const { file } = work;
      if (file.size === 0) throw new Stop("这个文件是空的，请确认原件能打开，再重新选择。");
      if (file.size > Number(this.box.dataset.most)) throw new Stop(`这个文件有 ${written(file.size)}，超过 ${this.box.dataset.mostWords} 的上限。请压缩，或者分成几段再上传。`);
      this.say(work, "正在读取文件…");
      const head = hex(await this.digest(new Uint8Array(await file.slice(0, HEAD).arrayBuffer())));
      const metadata = Object.entries({ filename: file.name, purpose: this.box.dataset.purpose, head, note: work.note })
        .map(([key, value]) => `${key} ${base64(encoder.encode(value))}`.trim()).join(",");
      const made = await this.patiently(work, () => this.ask(work, this.box.dataset.url, "POST", { "Upload-Length": file.size, "Upload-Metadata": metadata }));
      if (made && !made.ok) throw new Stop(await made.text());
      if (made === null) { this.end(work, "已放弃。", "off"); return; }
      this.box.querySelector(`[data-upload-waiting] [data-upload-head="${head}"]`)?.remove();
      if (!this.box.querySelector("[data-upload-head]")) this.box.querySelector("[data-upload-waiting]")?.remove();
      work.url = made.headers.get("Location");
      const from = Number(made.headers.get("Upload-Offset"));
      if (from > 0) this.say(work, `从 ${Math.floor(from * 100 / file.size)}% 处继续…`);
      if (await this.pieces(work, from)) await this.settled(work);
    }

    // Sends what is missing; says whether all is there.
    async pieces(work, from) {
      const { file } = work;
      let offset = from;
      let speed = 0;
      let last = false;
      work.piece = 1 << 20;
      while (offset < file.size || !last) {
        while (work.held && !work.dropped) await new Promise((resolve) => { work.wake = resolve; });
        if (work.dropped) break;
        last = offset + work.piece >= file.size;
        const slice = new Uint8Array(await file.slice(offset, offset + work.piece).arrayBuffer());
        const sum = base64(await this.digest(slice));
        const began = performance.now();
        const headers = { "Upload-Offset": offset, "Content-Type": "application/offset+octet-stream", "Upload-Checksum": `sha256 ${sum}` };
        let response = null;
        try {
          response = await this.ask(work, work.url, "PATCH", headers, slice);
        } catch (error) {
          if (error instanceof Stop || !(error instanceof TypeError || error.name === "AbortError")) throw error;
          const told = await this.patiently(work, async () => {
            if (!work.held && !work.dropped) {
              this.say(work, "线路中断，正在重连…");
              await pause(500);
            }
            return this.ask(work, work.url, "HEAD");
          });
          if (told === null) break;
          offset = Number(told.headers.get("Upload-Offset"));
          last = false;
          continue;
        }
        if (response.status === 409 || response.status === 460) {
          // Another tab was faster, or the piece was damaged on its way: ask how far it is.
          const state = await this.state(work);
          if (state.state !== "running") return true;
          offset = state.offset;
          last = false;
          await pause(300);
          continue;
        }
        offset = Number(response.headers.get("Upload-Offset"));
        const seconds = (performance.now() - began) / 1000;
        speed = speed ? speed * 0.7 + (slice.length / seconds) * 0.3 : slice.length / seconds;
        if (seconds < 1) work.piece = Math.min(MOST, work.piece * 2);
        if (seconds > 8) work.piece = Math.max(LEAST, work.piece / 2);
        this.progress(work, offset, speed);
      }
      if (!work.dropped) return true;
      await this.ask(work, work.url, "DELETE").catch(() => null);
      this.end(work, "已放弃，服务器上已收到的部分已清除。", "off");
      return false;
    }

    progress(work, offset, speed) {
      const percent = Math.floor(offset * 100 / work.file.size);
      work.bar.value = percent;
      const left = offset < work.file.size && speed > 0 ? `，约剩 ${timeLeft((work.file.size - offset) / speed)}` : "";
      this.say(work, `${percent}%，已传 ${written(offset)}，共 ${written(work.file.size)}${left}`);
    }

    async state(work) {
      return this.patiently(work, async () => {
        const response = await this.ask(work, work.url, "GET");
        return response.json();
      });
    }

    // All is there: wait until the server has checked it and put it on file.
    async settled(work) {
      work.buttons.remove();
      this.say(work, "已全部传完，服务器正在核对…");
      for (let turn = 0; turn < 1200; turn += 1) {
        const state = await this.state(work);
        if (state.state === "stored") {
          this.end(work, "已存档。", "good");
          document.body.dispatchEvent(new CustomEvent("uploaded", { bubbles: true }));
          return;
        }
        if (state.state !== "running") throw new Stop(state.message || "没有采用，请重新选择文件。");
        await pause(Math.min(3000, 300 + turn * 100));
      }
      this.end(work, "服务器还在核对，可以关掉页面，稍后再来看。", "off");
    }
  }

  for (const box of document.querySelectorAll("[data-upload]")) new Uploader(box);
})();
