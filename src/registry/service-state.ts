import type { ApplicationService } from "../core/resources/application.ts";
import type { SecretData } from "./secret-data.ts";
import type { StagedDocuments } from "./service-documents.ts";

/**
 * Everything that is kept of one service, complete: to put it in place again changes nothing, so that it may be
 * done as often as it takes.
 */
export interface ServiceState {
  readonly entry: ApplicationService;
  readonly credentials: SecretData | undefined;
  readonly parameters: SecretData | undefined;
  /** undefined: the documents that are there stay. */
  readonly documents: StagedDocuments | undefined;
}
