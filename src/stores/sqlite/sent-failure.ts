import { StoreFailure } from "../store-failure.ts";
import type { SentFailure } from "./protocol.ts";

/** A failure as plain data: an Error would lose its fields on the way, and a Kind cannot be sent. */
export function sentFailure(failure: StoreFailure): SentFailure {
  const { code, values, resource, ref, causes, cause } = failure;
  return {
    code,
    values,
    details: {
      ...(resource && { resource: { group: resource.group, kind: resource.kind, plural: resource.plural } }),
      ...(ref && {
        ref: ref.namespace === undefined ? { name: ref.name } : { name: ref.name, namespace: ref.namespace },
      }),
      causes,
      ...(cause instanceof Error && { cause: copyOf(cause) }),
    },
  };
}

/** Where it was thrown is what the log needs; other fields may not be fit to be sent. */
function copyOf({ name, message, stack }: Error): Error {
  const copy = new Error(`${name}: ${message}`);
  if (stack !== undefined) copy.stack = stack;
  return copy;
}

/** What `sentFailure` made of a failure, as a failure again. */
export function receivedFailure({ code, values, details }: SentFailure): StoreFailure {
  return new StoreFailure(code, values, details);
}
