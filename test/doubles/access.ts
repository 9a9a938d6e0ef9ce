import assert from "node:assert/strict";
import { ask, type Answer, type Asked } from "./admin-client.ts";
import type { AdminServer } from "./admin-server.ts";

export const ACCESS = "/v1/access/tokens";

export interface WantedToken {
  readonly name: string;
  readonly role: string;
  readonly applications?: readonly string[];
  readonly expiresInSeconds?: number;
}

/** Somebody with an access token of his own. */
export interface User {
  readonly token: string;
  readonly headers: { readonly authorization: string };
  ask(path: string, asked?: Asked): Promise<Answer>;
}

/** Makes an access token, as the administrator. */
export async function userOf(server: AdminServer, wanted: WantedToken): Promise<User> {
  const { status, text } = await ask(server, ACCESS, { body: wanted });
  assert.equal(status, 201, text);
  const { token } = JSON.parse(text) as { token: string };
  const headers = { authorization: `Bearer ${token}` };
  return {
    token,
    headers,
    ask: (path, asked = {}) => ask(server, path, { ...asked, headers: { ...headers, ...asked.headers } }),
  };
}
