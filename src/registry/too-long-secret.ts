import { isStoreFailure } from "../stores/store-failure.ts";

/** How long a Secret may be, where `error` is that one was longer. */
export function tooLongSecret(error: unknown): string | undefined {
  if (!isStoreFailure(error, "STORE_INVALID") || error.resource?.kind !== "Secret") return undefined;
  return error.causes.find(({ reason }) => reason === "FieldValueTooLong")?.message;
}
