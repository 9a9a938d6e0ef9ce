import { applicationKind } from "../../core/resources/application.ts";
import { eventKind } from "../../core/resources/event.ts";
import { secretKind } from "../../core/resources/secret.ts";
import { tokenRequestKind } from "../../core/resources/token-request.ts";
import type { Caller } from "./caller.ts";

/** What somebody wants to do with a resource, in the terms of Kubernetes. */
export interface Wanted {
  readonly verb: string;
  /** Empty for the core group. */
  readonly group: string;
  readonly resource: string;
  /** undefined: at the cluster scope, or in all namespaces. */
  readonly namespace: string | undefined;
  /** undefined where the whole collection is meant, or an object yet without a name. */
  readonly name: string | undefined;
}

/** The resource that access tokens are in reviews and in audit records; they are no objects. */
export const accessTokensResource = { group: "appconn.dev", plural: "accesstokens" } as const;

const READS: ReadonlySet<string> = new Set(["get", "list", "watch"]);

const WRITES: ReadonlySet<string> = new Set(["create", "update", "patch", "delete", "deletecollection"]);

/**
 * Whether a caller may do that, as far as its verb and its names say. Of a caller that is limited to some
 * Applications, what it reads and writes is looked at as well (LimitedCollection).
 */
export function may(caller: Caller, wanted: Wanted, credentialsNamespace: string): boolean {
  const { role, applications } = caller;
  if (role === "admin" && !applications) return true;
  if (isOf(accessTokensResource, wanted)) return false;
  const reads = READS.has(wanted.verb);
  // Whoever reads one of these may go on as somebody else.
  const hidden = isOf(secretKind, wanted) || isOf(tokenRequestKind, wanted);
  if (role === "viewer" && (!reads || hidden)) return false;
  if (!applications) return true;
  if (!reads && !WRITES.has(wanted.verb)) return false;
  if (isOf(applicationKind, wanted) || isOf(tokenRequestKind, wanted)) {
    return wanted.name === undefined || applications.has(wanted.name);
  }
  if (isOf(eventKind, wanted)) return reads;
  if (!isOf(secretKind, wanted)) return false;
  return wanted.namespace === credentialsNamespace || (reads && wanted.namespace === undefined);
}

function isOf(kind: { readonly group: string; readonly plural: string }, wanted: Wanted): boolean {
  return kind.group === wanted.group && kind.plural === wanted.resource;
}
