import { randomUUID } from "node:crypto";
import type { SearchedDocument, SearchIndex, SearchPage } from "../../../src/stores/search-index.ts";

/** How a suite gets its index, which is opened before its first test. */
export type SearchSubjects = () => SearchIndex;

/**
 * The documents of one Application, by short names. One index serves all tests of a suite, so every test has an
 * Application of its own and searches in that.
 */
export class Shelf {
  readonly application = `app-${randomUUID().slice(0, 8)}`;
  readonly index: SearchIndex;

  constructor(index: SearchIndex) {
    this.index = index;
  }

  key(name: string): string {
    return `${this.application}/${name}`;
  }

  async put(name: string, document: Partial<SearchedDocument>): Promise<void> {
    const { application } = this;
    const all = { application, kind: "docs", title: "", text: "", version: "1", ...document };
    await this.index.replace(this.key(name), all);
  }

  search(
    query: string,
    options: { kind?: string; limit?: number; cursor?: string } = {},
  ): Promise<SearchPage> {
    return this.index.search(query, { application: this.application, ...options });
  }

  /** Short names of what is found, the best first. */
  async found(
    query: string,
    options: { kind?: string; limit?: number; cursor?: string } = {},
  ): Promise<string[]> {
    const { hits } = await this.search(query, options);
    return hits.map(({ key }) => key.slice(this.application.length + 1));
  }
}
