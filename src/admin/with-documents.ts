import type { IncomingMessage } from "node:http";
import type { Clock } from "../core/clock.ts";
import type { RequestHandler } from "../http/request-handler.ts";
import { AdminFailure } from "./admin-failure.ts";
import { auditInternal } from "./audit-internal.ts";
import { authenticate, type Identities } from "./identity/authenticate.ts";
import type { Caller } from "./identity/caller.ts";
import { cutWith } from "./identity/cut-with.ts";

/** Rafter's services, and the buckets of what they store (registry spec §9.5). */
const PATHS = /^\/(?:v1\/(?:upload|convert|validate|extract)|documents|public|private)(?:[/?]|$)/;

export interface DocumentsOptions {
  /** It decides itself what everybody may read, and asks for the others (mayUseDocuments). */
  readonly documents?: RequestHandler | undefined;
  readonly identities: Identities;
  readonly clock: Clock;
}

/** Hands the paths of the document store to it; everything else goes to `others`. */
export function withDocuments(others: RequestHandler, options: DocumentsOptions): RequestHandler {
  const { documents, identities, clock } = options;
  if (!documents) return others;
  return (request, response) => {
    if (!PATHS.test(request.url ?? "")) return others(request, response);
    const caller = callerOf(request, identities);
    auditInternal(request, response, () => caller?.name);
    if (caller) cutWith(caller, response, clock);
    documents(request, response);
  };
}

/**
 * Whether whoever sent the request may use the document store. Paths of contents do not say whose they are, so a
 * caller who is limited to some Applications reads them below /v1/documents, where his are told from others'.
 */
export function mayUseDocuments(request: IncomingMessage, identities: Identities): boolean {
  const caller = callerOf(request, identities);
  if (!caller || caller.applications) return false;
  return caller.role !== "viewer" || request.method === "GET" || request.method === "HEAD";
}

function callerOf({ headers }: IncomingMessage, identities: Identities): Caller | undefined {
  try {
    return authenticate(headers, identities);
  } catch (error) {
    if (error instanceof AdminFailure) return undefined;
    throw error;
  }
}
