import { after, before, suite } from "node:test";
import type { SearchIndex } from "../../src/stores/search-index.ts";
import { changingContract } from "./search/changing.ts";
import { findingContract } from "./search/finding.ts";
import { showingContract } from "./search/showing.ts";

/** What every search index does alike. `open` gives an opened index, which is closed at the end. */
export function searchIndexContract(name: string, open: () => Promise<SearchIndex>): void {
  suite(`${name} search index`, () => {
    let index: SearchIndex | undefined;
    before(async () => {
      index = await open();
    });
    after(async () => {
      await index?.[Symbol.asyncDispose]();
    });
    const subjects = () => {
      if (!index) throw new Error("the search index was not opened");
      return index;
    };
    findingContract(name, subjects);
    showingContract(name, subjects);
    changingContract(name, subjects);
  });
}
