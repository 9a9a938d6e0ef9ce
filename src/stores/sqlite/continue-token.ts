import { isPlainObject } from "../../core/plain-object.ts";
import { StoreFailure } from "../store-failure.ts";

/** Where the next page begins: after the last key of this one, under the version of the first page. */
export interface PageStart {
  readonly version: number;
  readonly namespace: string;
  readonly name: string;
}

export function writeContinueToken({ version, namespace, name }: PageStart): string {
  return Buffer.from(JSON.stringify({ v: version, ns: namespace, n: name })).toString("base64url");
}

/** STORE_BAD_CONTINUE where it is none of ours. */
export function readContinueToken(token: string): PageStart {
  const value = parsed(token);
  if (isPlainObject(value)) {
    const { v: version, ns: namespace, n: name } = value;
    if (Number.isSafeInteger(version) && typeof namespace === "string" && typeof name === "string") {
      return { version: version as number, namespace, name };
    }
  }
  throw new StoreFailure("STORE_BAD_CONTINUE", ["it is not one that this server gave"]);
}

function parsed(token: string): unknown {
  try {
    return JSON.parse(Buffer.from(token, "base64url").toString());
  } catch {
    return undefined;
  }
}
