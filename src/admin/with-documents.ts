import type { IncomingHttpHeaders } from "node:http";
import type { RequestHandler } from "../http/request-handler.ts";
import { AdminFailure } from "./admin-failure.ts";
import type { AdminToken } from "./identity/admin-token.ts";
import { authenticate } from "./identity/authenticate.ts";

/** Rafter's services, and the buckets of what they store (registry spec §9.5). */
const PATHS = /^\/(?:v1\/(?:upload|convert|validate|extract)|documents|public|private)(?:[/?]|$)/;

/**
 * Hands the paths of the document store to it, which decides itself who may read what; everything else goes to
 * `others`.
 */
export function withDocuments(others: RequestHandler, documents: RequestHandler | undefined): RequestHandler {
  if (!documents) return others;
  return (request, response) => (PATHS.test(request.url ?? "") ? documents : others)(request, response);
}

/** Whether the headers carry the administrator's token. */
export function isAdministrator(headers: IncomingHttpHeaders, token: Pick<AdminToken, "matches">): boolean {
  try {
    authenticate(headers, token);
    return true;
  } catch (error) {
    if (error instanceof AdminFailure) return false;
    throw error;
  }
}
