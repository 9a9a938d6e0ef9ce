import type { AccessRecord } from "../access-records.ts";

export type AccessWriteRequest =
  | { readonly operation: "addAccess"; readonly record: AccessRecord }
  | { readonly operation: "removeAccess"; readonly name: string }
  | { readonly operation: "usedAccess"; readonly hash: string; readonly at: number };

export interface AccessReadRequest {
  readonly operation: "accessRecords";
}

/** What an operation resolves to. */
export interface AccessResults {
  readonly addAccess: undefined;
  readonly removeAccess: boolean;
  readonly usedAccess: undefined;
  readonly accessRecords: readonly AccessRecord[];
}

type WriteOperation = AccessWriteRequest["operation"];

const writes: Readonly<Record<WriteOperation, true>> = {
  addAccess: true,
  removeAccess: true,
  usedAccess: true,
};

export function isAccessWrite<R extends { readonly operation: string }>(
  request: R,
): request is Extract<R, { readonly operation: WriteOperation }> {
  return Object.hasOwn(writes, request.operation);
}
