import { EndedTask } from "../core/threads/ended-task.ts";
import { reasonOf } from "../core/failures.ts";
import { refused, type Refused } from "./refused.ts";
import type { RegistryContext } from "./registry-context.ts";
import type { EmbeddedJson } from "./service-details.ts";
import type { DocumentReference, DocumentType } from "./service-documents.ts";

/**
 * The documents of a service as an answer embeds them. A document of events or a documentation that is no JSON
 * throws: the registry stores none.
 */
export async function embeddedDocuments(
  { documents: kept, remembered }: Pick<RegistryContext, "documents" | "remembered">,
  serviceId: string,
  documents: readonly DocumentReference[],
): Promise<EmbeddedJson | Refused> {
  const embedded = new Map<DocumentType, Uint8Array>();
  for (const document of documents) {
    const { type } = document;
    try {
      // oxlint-disable-next-line no-await-in-loop -- three at most, each of which may be large
      const { json, isJson } = await remembered.get(document, () => kept.read(serviceId, document));
      if (!isJson && (type === "asyncapi" || type === "docs")) {
        throw new TypeError(`the stored document of type ${type} is no JSON`);
      }
      embedded.set(type, json);
    } catch (error) {
      if (error instanceof TypeError || error instanceof EndedTask) throw error;
      return refused("REGISTRY_DOCUMENTS_UNREADABLE", reasonOf(error));
    }
  }
  return embedded;
}
