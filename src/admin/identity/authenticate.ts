import type { IncomingHttpHeaders } from "node:http";
import { AdminFailure } from "../admin-failure.ts";
import type { AdminToken } from "./admin-token.ts";

/** The one user, as audit records and reviews name it. */
export const ADMIN_USER = "admin";

/**
 * Throws 401 without the right bearer token, 403 where somebody else's rights are asked for. Basic is
 * refused like no token at all: kubectl would name its cache directory after a URL with a password in it.
 */
export function authenticate(headers: IncomingHttpHeaders, token: Pick<AdminToken, "matches">): void {
  const presented = /^Bearer +(\S+)$/i.exec(headers.authorization ?? "")?.[1];
  if (presented === undefined || !token.matches(presented)) throw new AdminFailure("ADMIN_UNAUTHORIZED");
  for (const name in headers) {
    if (name.startsWith("impersonate-")) throw new AdminFailure("ADMIN_IMPERSONATION");
  }
}
