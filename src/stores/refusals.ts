import { apiVersionOf, resourceName, type Cause, type Kind } from "../core/resources/kind.ts";
import type { Ref } from "../core/resources/resource.ts";
import { StoreFailure } from "./store-failure.ts";

/** The refusals that need more than a code, in the words of the API server (admin-api spec §§8, 13). */
type KindNames = Pick<Kind, "group" | "version" | "kind" | "plural">;

export function notFound(kind: KindNames, ref: Ref): StoreFailure {
  return new StoreFailure("STORE_NOT_FOUND", [resourceName(kind), ref.name], { resource: kind, ref });
}

export function alreadyExists(kind: KindNames, ref: Ref, deleting: boolean): StoreFailure {
  const prefix = deleting ? "object is being deleted: " : "";
  return new StoreFailure("STORE_ALREADY_EXISTS", [prefix, resourceName(kind), ref.name], {
    resource: kind,
    ref,
  });
}

const MODIFIED =
  "the object has been modified; please apply your changes to the latest version and try again";

/** The version that a writer started from is not the stored one. */
export function modified(kind: KindNames, ref: Ref): StoreFailure {
  return conflict(kind, ref, resourceName(kind), MODIFIED);
}

/** An object of that identity was meant, and there is none of its name. */
export function goneUid(kind: KindNames, ref: Ref, uid: string): StoreFailure {
  const reason = `uid mismatch: the provided object specified uid ${uid}, and no existing object was found`;
  return conflict(kind, ref, resourceName(kind), reason);
}

export function wrongUid(kind: KindNames, ref: Ref, uids: { given: string; stored: string }): StoreFailure {
  const reason = `the UID in the precondition (${uids.given}) does not match the UID in record (${uids.stored}). The object might have been deleted and then recreated`;
  return conflict(kind, ref, kindName(kind), reason);
}

export function wrongVersion(
  kind: KindNames,
  ref: Ref,
  versions: { given: string; stored: string },
): StoreFailure {
  const reason = `the ResourceVersion in the precondition (${versions.given}) does not match the ResourceVersion in record (${versions.stored}). The object might have been modified`;
  return conflict(kind, ref, kindName(kind), reason);
}

function conflict(kind: KindNames, ref: Ref, shown: string, reason: string): StoreFailure {
  return new StoreFailure("STORE_CONFLICT", [shown, ref.name, reason], { resource: kind, ref });
}

export function invalid(kind: KindNames, ref: Ref, causes: readonly Cause[]): StoreFailure {
  const texts = causes.map(({ field, message }) => `${field}: ${message}`);
  const text = texts.length === 1 ? (texts[0] as string) : `[${texts.join(", ")}]`;
  return new StoreFailure("STORE_INVALID", [kindName(kind), ref.name, text], { resource: kind, ref, causes });
}

/** The result of a patch that cannot stand. `problem` quotes no value. */
export function invalidPatch(kind: KindNames, ref: Ref, problem: string): StoreFailure {
  const message = `Invalid value: ${problem}`;
  return invalid(kind, ref, [{ reason: "FieldValueInvalid", message, field: "patch" }]);
}

export function nameMismatch(kind: KindNames, ref: Ref, given: string): StoreFailure {
  return new StoreFailure("STORE_NAME_MISMATCH", [given, ref.name], { resource: kind, ref });
}

/** Other managers hold what an apply would change; each field is named in a cause of its own. */
export function applyConflict(
  kind: KindNames,
  ref: Ref,
  { message, causes }: { readonly message: string; readonly causes: readonly Cause[] },
): StoreFailure {
  return new StoreFailure("STORE_APPLY_CONFLICT", [message], { resource: kind, ref, causes });
}

/** An operation of a JSON patch that cannot be done. `problem` quotes no value. */
export function failedPatch(kind: KindNames, ref: Ref, problem: string): StoreFailure {
  const causes: Cause[] = [{ reason: "FieldValueInvalid", message: problem, field: "patch" }];
  return new StoreFailure("STORE_PATCH_FAILED", [problem], { resource: kind, ref, causes });
}

export function unreadable(kind: KindNames, ref: Ref, problem: string): StoreFailure {
  return new StoreFailure("STORE_UNREADABLE", [kind.kind, kind.version, kind.kind, problem], {
    resource: kind,
    ref,
  });
}

export function strategicUnsupported(kind: KindNames, ref: Ref): StoreFailure {
  return new StoreFailure("STORE_PATCH_UNSUPPORTED", [apiVersionOf(kind), kind.kind], {
    resource: kind,
    ref,
  });
}

/** `Application.applicationconnector.kyma-project.io`, and plainly `Secret` for the core group. */
function kindName(kind: KindNames): string {
  return kind.group === "" ? kind.kind : `${kind.kind}.${kind.group}`;
}
