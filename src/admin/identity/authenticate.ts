import type { IncomingHttpHeaders } from "node:http";
import { AdminFailure } from "../admin-failure.ts";
import type { AccessTokens } from "./access-tokens.ts";
import type { Caller } from "./caller.ts";
import type { RootCaller } from "./root-caller.ts";
import { tellRefusedToken } from "./tell-refused-token.ts";

/** Who may ask at all. */
export interface Identities {
  readonly root: Pick<RootCaller, "callerOf">;
  readonly access: AccessTokens;
}

/**
 * Throws 401 without a bearer token that counts, 403 where somebody else's rights are asked for. Basic is
 * refused like no token at all: kubectl would name its cache directory after a URL with a password in it.
 */
export function authenticate(headers: IncomingHttpHeaders, { root, access }: Identities): Caller {
  const presented = /^Bearer +(\S+)$/i.exec(headers.authorization ?? "")?.[1];
  const caller = presented && (root.callerOf(presented) ?? access.callerOf(presented));
  if (!caller) {
    if (presented) tellRefusedToken(presented, access);
    throw new AdminFailure("ADMIN_UNAUTHORIZED");
  }
  for (const name in headers) {
    if (name.startsWith("impersonate-")) throw new AdminFailure("ADMIN_IMPERSONATION");
  }
  return caller;
}
