import { after, before, suite } from "node:test";
import { keepingContract } from "./blobs/keeping.ts";
import { puttingContract } from "./blobs/putting.ts";
import type { BlobSubject } from "./blobs/subject.ts";

/** What every home of blobs does alike. `open` gives an opened store, which is closed at the end. */
export function blobStoreContract(name: string, open: () => Promise<BlobSubject>): void {
  suite(`${name} blob store`, () => {
    let subject: BlobSubject | undefined;
    before(async () => {
      subject = await open();
    });
    after(async () => {
      await subject?.store[Symbol.asyncDispose]();
    });
    const subjects = () => {
      if (!subject) throw new Error("the blob store was not opened");
      return subject;
    };
    puttingContract(name, subjects);
    keepingContract(name, subjects);
  });
}
