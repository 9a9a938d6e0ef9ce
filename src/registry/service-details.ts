import type { ApplicationEntry, ApplicationService } from "../core/resources/application.ts";
import { goJson } from "../http/go-json.ts";
import { apiEntryOf } from "./api-entry.ts";
import { documentText, embeddedDocument } from "./embedded-document.ts";
import { maskedUrl } from "./masked-url.ts";
import { rawObject } from "./raw-json.ts";
import type { SecretData } from "./secret-data.ts";
import type { DocumentType, KeptDocument } from "./service-documents.ts";
import { overviewMembers } from "./service-overview.ts";
import { shownCredentials } from "./shown-credentials.ts";
import { shownParameters } from "./shown-parameters.ts";

/** What the Secrets that the entry names hold; undefined for one that is not there. */
export interface ReadSecrets {
  readonly credentials: SecretData | undefined;
  readonly parameters: SecretData | undefined;
}

/**
 * What GET answers of one service, as JSON text (registry spec §5.2). Documents are the uploaded ones, byte for
 * byte but for white space and escapes; a specification that is no JSON becomes a string. A document of
 * events or a documentation that is no JSON throws: the registry stores none.
 */
export function serviceDetails(
  service: ApplicationService,
  secrets: ReadSecrets,
  documents: readonly KeptDocument[],
): string {
  const entry = apiEntryOf(service);
  const events = jsonDocument(documents, "asyncapi");
  return rawObject({
    ...overviewMembers(service),
    api: entry && apiJson(entry, secrets, documents),
    events: events === undefined ? undefined : rawObject({ spec: events }),
    documentation: jsonDocument(documents, "docs"),
  });
}

function apiJson(
  entry: ApplicationEntry,
  { credentials, parameters }: ReadSecrets,
  documents: readonly KeptDocument[],
): string {
  const { targetUrl = "", specificationUrl = "", apiType = "" } = entry;
  return rawObject({
    targetUrl: goJson(maskedUrl(targetUrl)),
    credentials: shownCredentials(entry.credentials, credentials),
    spec: specification(documents),
    specificationUrl: specificationUrl === "" ? undefined : goJson(maskedUrl(specificationUrl)),
    apiType: apiType === "" ? undefined : goJson(apiType),
    requestParameters: shownParameters(parameters),
  });
}

function specification(documents: readonly KeptDocument[]): string | undefined {
  const document = documentOf(documents, "openapi") ?? documentOf(documents, "odata");
  return document && (embeddedDocument(document) ?? goJson(documentText(document.content)));
}

function jsonDocument(documents: readonly KeptDocument[], type: DocumentType): string | undefined {
  const document = documentOf(documents, type);
  if (!document) return undefined;
  const json = embeddedDocument(document);
  if (json === undefined) throw new TypeError(`the stored document of type ${type} is no JSON`);
  return json;
}

function documentOf(documents: readonly KeptDocument[], type: DocumentType): KeptDocument | undefined {
  return documents.find((document) => document.type === type);
}
