import { isStoreFailure, type StoreFailure } from "../../stores/store-failure.ts";
import { AdminFailure } from "../admin-failure.ts";
import { adminFailures } from "../failures.ts";
import { failureStatus, type Status, type StatusDetails } from "./status.ts";

/** A thrown value → its Status. What is neither refusal says nothing of itself: its text is for the log. */
export function statusOf(error: unknown): Status {
  if (error instanceof AdminFailure) {
    return failureStatus({ code: error.status, message: error.message, details: error.details });
  }
  if (isStoreFailure(error)) return storeStatus(error);
  const { status: code, text: message } = adminFailures.ADMIN_INTERNAL;
  return failureStatus({ code, message });
}

/** Whether an error is a surprise that belongs in the log, rather than a refusal that the caller understands. */
export function isSurprise(error: unknown): boolean {
  if (error instanceof AdminFailure) return error.status === 500;
  return !isStoreFailure(error) || error.status >= 500;
}

function storeStatus(failure: StoreFailure): Status {
  const { status: code, message } = failure;
  switch (failure.code) {
    case "STORE_ALREADY_EXISTS":
      return failureStatus({ code, message, reason: "AlreadyExists", details: about(failure) });
    case "STORE_INVALID":
    case "STORE_PATCH_FAILED":
      return failureStatus({ code, message, details: invalidDetails(failure) });
    case "STORE_APPLY_CONFLICT":
      return failureStatus({ code, message, details: { causes: failure.causes } });
    case "STORE_NAMESPACE_MISSING":
      return failureStatus({
        code,
        message,
        details: { name: String(failure.values[0]), kind: "namespaces" },
      });
    case "STORE_NAMESPACE_TERMINATING":
      return failureStatus({ code, message, details: terminatingDetails(failure) });
    case "STORE_NOT_FOUND":
    case "STORE_CONFLICT":
    case "STORE_FORBIDDEN":
      return failureStatus({ code, message, details: about(failure) });
    default:
      return failureStatus({ code, message });
  }
}

function about({ resource, ref }: StoreFailure): StatusDetails {
  if (!resource) return {};
  return {
    ...(ref?.name ? { name: ref.name } : {}),
    ...(resource.group === "" ? {} : { group: resource.group }),
    kind: resource.plural,
  };
}

function invalidDetails(failure: StoreFailure): StatusDetails {
  const { resource, causes } = failure;
  return { ...about(failure), ...(resource ? { kind: resource.kind } : {}), causes };
}

function terminatingDetails(failure: StoreFailure): StatusDetails {
  const namespace = failure.ref?.namespace ?? "";
  const message = `namespace ${namespace} is being terminated`;
  const cause = { reason: "NamespaceTerminating", message, field: "metadata.namespace" };
  return { ...about(failure), causes: [cause] };
}
