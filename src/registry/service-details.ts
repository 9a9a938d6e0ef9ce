import type { ApplicationEntry, ApplicationService } from "../core/resources/application.ts";
import { goJson } from "../http/go-json.ts";
import { apiEntryOf } from "./api-entry.ts";
import { maskedUrl } from "./masked-url.ts";
import { piecedObject, type JsonPieces } from "./raw-json.ts";
import type { SecretData } from "./secret-data.ts";
import type { DocumentType } from "./service-documents.ts";
import { overviewMembers } from "./service-overview.ts";
import { shownCredentials } from "./shown-credentials.ts";
import { shownParameters } from "./shown-parameters.ts";

/** What the Secrets that the entry names hold; undefined for one that is not there. */
export interface ReadSecrets {
  readonly credentials: SecretData | undefined;
  readonly parameters: SecretData | undefined;
}

/** JSON of the documents, as it is embedded. */
export type EmbeddedJson = ReadonlyMap<DocumentType, Uint8Array>;

/**
 * What GET answers of one service, as JSON (registry spec §5.2). Documents are the uploaded ones, byte for byte
 * but for white space and escapes; a specification that is no JSON becomes a string.
 */
export function serviceDetails(
  service: ApplicationService,
  secrets: ReadSecrets,
  documents: EmbeddedJson,
): JsonPieces {
  const entry = apiEntryOf(service);
  const events = documents.get("asyncapi");
  return piecedObject({
    ...overviewMembers(service),
    api: entry && apiJson(entry, secrets, documents),
    events: events === undefined ? undefined : piecedObject({ spec: [events] }),
    documentation: piecesOf(documents.get("docs")),
  });
}

function apiJson(
  entry: ApplicationEntry,
  { credentials, parameters }: ReadSecrets,
  documents: EmbeddedJson,
): JsonPieces {
  const { targetUrl = "", specificationUrl = "", apiType = "" } = entry;
  return piecedObject({
    targetUrl: goJson(maskedUrl(targetUrl)),
    credentials: shownCredentials(entry.credentials, credentials),
    spec: piecesOf(documents.get("openapi") ?? documents.get("odata")),
    specificationUrl: specificationUrl === "" ? undefined : goJson(maskedUrl(specificationUrl)),
    apiType: apiType === "" ? undefined : goJson(apiType),
    requestParameters: shownParameters(parameters),
  });
}

function piecesOf(json: Uint8Array | undefined): JsonPieces | undefined {
  return json === undefined ? undefined : [json];
}
