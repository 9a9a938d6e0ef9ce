import { readPageToken, writePageToken } from "./page-token.ts";

/** Where the next page begins: after the last key of this one, under the version of the first page. */
export interface PageStart {
  readonly version: number;
  readonly namespace: string;
  readonly name: string;
}

export function writeContinueToken({ version, namespace, name }: PageStart): string {
  return writePageToken({ v: version, ns: namespace, n: name });
}

/** STORE_BAD_CONTINUE where it is none of ours. */
export function readContinueToken(token: string): PageStart {
  return readPageToken(token, ({ v: version, ns: namespace, n: name }) =>
    Number.isSafeInteger(version) && typeof namespace === "string" && typeof name === "string"
      ? { version: version as number, namespace, name }
      : undefined,
  );
}
