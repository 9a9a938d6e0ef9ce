import { hash as digest } from "node:crypto";
import type { ApplicationService } from "../core/resources/application.ts";
import type { StagedDocument } from "./service-documents.ts";
import type { SecretVersions } from "./state-writer.ts";

/**
 * Names a state of a service, lower-case hex: another one after each change, of credentials too. It is made of
 * what the answer of GET is made of, so that who registers a service need not describe it to know its tag.
 */
export function serviceHash(
  service: ApplicationService,
  { credentials = "", parameters = "" }: SecretVersions,
  documents: readonly Pick<StagedDocument, "type" | "hash">[],
): string {
  const contents = documents.map(({ type, hash }) => `${type} ${hash}`).toSorted();
  const parts = [JSON.stringify(service), credentials, parameters, ...contents];
  return digest("sha256", parts.join("\n"));
}
