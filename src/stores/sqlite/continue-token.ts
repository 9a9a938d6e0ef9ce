import { readPageToken, writePageToken } from "./page-token.ts";

/** Where the next page begins: after the last key of this one, under the version of the first page. */
export interface PageStart {
  readonly version: number;
  /** Whether what it shows is as of that version too. */
  readonly exact: boolean;
  readonly namespace: string;
  readonly name: string;
}

export function writeContinueToken({ version, exact, namespace, name }: PageStart): string {
  return writePageToken({ v: version, ns: namespace, n: name, ...(exact ? { x: true } : {}) });
}

/** STORE_BAD_CONTINUE where it is none of ours. */
export function readContinueToken(token: string): PageStart {
  return readPageToken(token, ({ v: version, ns: namespace, n: name, x }) =>
    Number.isSafeInteger(version) && typeof namespace === "string" && typeof name === "string"
      ? { version: version as number, exact: x === true, namespace, name }
      : undefined,
  );
}
