import { after, before, suite } from "node:test";
import type { Store } from "../../src/stores/store.ts";
import { applyingContract } from "./store/applying.ts";
import { creatingContract } from "./store/creating.ts";
import { largeListContract } from "./store/large-lists.ts";
import { leasingContract } from "./store/leasing.ts";
import { listingContract } from "./store/listing.ts";
import { managingContract } from "./store/managing.ts";
import { pastListsContract } from "./store/past-lists.ts";
import { patchingContract } from "./store/patching.ts";
import { removingContract } from "./store/removing.ts";
import { Subject } from "./store/subject.ts";
import { updatingContract } from "./store/updating.ts";
import { watchingContract } from "./store/watching.ts";

/**
 * What every home of the resources does alike. `open` gives a store that knows the kinds of
 * `test/doubles/store-kinds.ts`; it is opened once and closed at the end.
 */
export function storeContract(name: string, open: () => Promise<Store>): void {
  suite(`${name} store`, () => {
    let subject: Subject | undefined;
    before(async () => {
      subject = new Subject(await open());
    });
    after(async () => {
      await subject?.store.close();
    });
    const subjects = () => {
      if (!subject) throw new Error("the store was not opened");
      return subject;
    };
    creatingContract(name, subjects);
    updatingContract(name, subjects);
    patchingContract(name, subjects);
    managingContract(name, subjects);
    applyingContract(name, subjects);
    removingContract(name, subjects);
    listingContract(name, subjects);
    pastListsContract(name, subjects);
    watchingContract(name, subjects);
    largeListContract(name, subjects);
    leasingContract(name, subjects);
  });
}
