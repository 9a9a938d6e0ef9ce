import { sharedBytes } from "../core/threads/shared-bytes.ts";
import { SMALL_BODY } from "./large/large-work.ts";
import type { RememberedDocuments } from "./remembered-documents.ts";
import type { NewDocument, ServiceDocuments } from "./service-documents.ts";

/** The same documents; of what is staged the small ones are remembered, for whoever reads next what was registered. */
export function rememberingDocuments(
  documents: ServiceDocuments,
  remembered: Pick<RememberedDocuments, "add">,
): ServiceDocuments {
  return {
    check: (unkept) => documents.check(unkept),
    async stage(staging) {
      // Before anything else: what is not shared moves to the thread of the checks, and is empty here from then on.
      const copies = staging.map(smallCopy);
      const staged = await documents.stage(staging);
      for (const [index, { hash }] of staged.documents.entries()) {
        const copy = copies[index];
        if (copy) remembered.add(hash, copy);
      }
      return staged;
    },
    publish: (group, staged) => documents.publish(group, staged),
    references: (application, serviceId) => documents.references(application, serviceId),
    read: (serviceId, document) => documents.read(serviceId, document),
    remove: (application, serviceId) => documents.remove(application, serviceId),
  };
}

/** undefined of a large one, which is seldom and would fill the memory by itself. */
function smallCopy({ content }: NewDocument): Uint8Array | undefined {
  return content.length > SMALL_BODY ? undefined : sharedBytes(content);
}
