import { JSON_CONTENT_TYPE, jsonError } from "../http/json-error.ts";
import { isStoreFailure } from "../stores/store-failure.ts";
import type { Answer } from "./answer.ts";

/**
 * What is told of a content that somebody changed by hand: its hash, by which the file is found and repaired.
 * undefined for any other error, which may say what is nobody's business.
 */
export function damagedAnswer(error: unknown): Answer | undefined {
  if (!isStoreFailure(error, "BLOB_DAMAGED")) return undefined;
  const { status, message } = error;
  return { status, headers: { "Content-Type": JSON_CONTENT_TYPE }, body: jsonError(status, message) };
}
