import type { AssetStatus } from "../core/resources/cluster-asset.ts";
import type { CheckedDocument } from "./checked-document.ts";
import type { DocumentReference } from "./document.ts";
import type { UnaskedWebhook } from "./webhooks/document-webhooks.ts";

/** Characters of a text in a status: what is in a document may be as long as the document. */
const LONGEST_TEXT = 4096;

/** How many of the things that a document says of itself are shown. */
const MOST_METADATA = 64;

type Final = Pick<AssetStatus, "phase" | "reason" | "message" | "assetRef">;

/** The status of a document that was checked (registry spec §9.2). */
export function checkedStatus(
  document: DocumentReference,
  { outcome, converted, metadata }: CheckedDocument,
  baseUrl: string,
): Final {
  const file = { name: converted?.fileName ?? document.fileName, metadata: shownMetadata(metadata) };
  return {
    phase: outcome.phase,
    reason: outcome.reason,
    message: shown(outcome.message),
    assetRef: { baseUrl, files: [file] },
  };
}

/** The status of a document of which a webhook could say nothing; it is tried again. */
export function unaskedStatus({ unasked, message }: UnaskedWebhook): Final {
  return { phase: "Failed", reason: unasked, message: shown(message) };
}

/** The status of a document of which nothing can be said now; it is tried again. */
export function uncheckedStatus(reason: "ValidationError" | "MissingContent" | "UploadFailed"): Final {
  const messages = {
    ValidationError: "Asset validation could not be finished",
    MissingContent: "Asset content is missing",
    UploadFailed: "Asset content uploading failed",
  };
  return { phase: "Failed", reason, message: messages[reason] };
}

/** Whether the status stands until the document changes. */
export function isFinal(status: AssetStatus | undefined): boolean {
  return (
    status?.phase === "Ready" || status?.reason === "ValidationFailed" || status?.reason === "MutationFailed"
  );
}

function shownMetadata(metadata: Readonly<Record<string, unknown>>): Record<string, string> {
  const entries = Object.entries(metadata).slice(0, MOST_METADATA);
  return Object.fromEntries(
    entries.flatMap(([key, value]): [string, string][] => {
      const text = typeof value === "string" ? value : JSON.stringify(value);
      return text === undefined || key.length > LONGEST_TEXT ? [] : [[key, shown(text)]];
    }),
  );
}

/** Whether a status holds only the beginning of the text. */
export function isCutText(text: string): boolean {
  return text.length === LONGEST_TEXT + 1 && text.endsWith("…");
}

function shown(text: string): string {
  const whole = text.toWellFormed();
  return whole.length > LONGEST_TEXT ? `${whole.slice(0, LONGEST_TEXT).toWellFormed()}…` : whole;
}
