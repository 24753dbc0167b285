/** Names beside codes, where a page has them: those that it holds, and those that it can ask its host for. */

export class Names {
  /**
   * @param {Record<string, string>} known id -> name
   * @param {((text: string) => Promise<Record<string, string>>) | null} ask the page's host for names that hold a text
   */
  constructor(known = {}, ask = null) {
    this.known = new Map(Object.entries(known));
    this.ask = ask;
  }

  /** @returns {string} the name, '' where it is not known */
  of(id) {
    return this.known.get(id) ?? '';
  }

  /** A person or company for readers: name and code, or the code alone. */
  said(id) {
    const name = this.of(id);
    return name && name !== id ? `${name}（${id}）` : id;
  }

  /** The ids whose names hold a text: `[id, name]`, those first that begin with it; only the one that is the text where there is one. */
  async find(text) {
    const wanted = text.trim();
    try {
      for (const [id, name] of Object.entries(await this.ask?.(wanted) ?? {})) this.known.set(id, name);
    } catch {
      // The host does not answer: what the page holds has to do.
    }
    const found = [...this.known].filter(([, name]) => name.includes(wanted));
    const exact = found.filter(([, name]) => name === wanted);
    return exact.length ? exact : found.sort(([, one], [, other]) => one.indexOf(wanted) - other.indexOf(wanted));
  }
}
