import { Failure } from "../core/failures.ts";
import type { Cause, Kind } from "../core/resources/kind.ts";
import type { Ref } from "../core/resources/resource.ts";
import { storeFailures, type StoreFailureCode } from "./failures.ts";

/** What a Kubernetes Status needs to know of the resource type. */
export type ResourceType = Pick<Kind, "group" | "kind" | "plural">;

export interface StoreFailureDetails {
  readonly resource?: ResourceType;
  /** The object in question; its name is empty where a generated one was not chosen yet. */
  readonly ref?: Ref;
  /** Of STORE_INVALID and STORE_NAMESPACE_TERMINATING: what is wrong, field by field. */
  readonly causes?: readonly Cause[];
  /** The error beneath. */
  readonly cause?: unknown;
}

/** A Failure of a store with what the admin API answers from. Its message holds no value of a Secret. */
export class StoreFailure extends Failure {
  declare readonly code: StoreFailureCode;
  readonly values: readonly (string | number)[];
  readonly resource: ResourceType | undefined;
  readonly ref: Ref | undefined;
  readonly causes: readonly Cause[];

  constructor(
    code: StoreFailureCode,
    values: readonly (string | number)[] = [],
    details: StoreFailureDetails = {},
  ) {
    super(code, storeFailures[code], values, "cause" in details ? { cause: details.cause } : undefined);
    this.name = "StoreFailure";
    this.values = values;
    this.resource = details.resource;
    this.ref = details.ref;
    this.causes = details.causes ?? [];
  }
}

export function isStoreFailure(error: unknown, ...codes: readonly StoreFailureCode[]): error is StoreFailure {
  return error instanceof StoreFailure && (codes.length === 0 || codes.includes(error.code));
}
