import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { accessToken } from "../credentials.ts";

export interface TokenEndpoint extends AsyncDisposable {
  readonly url: string;
  /** Token requests so far. */
  readonly requests: number;
}

/** Hands out one token for an hour, after `delay` milliseconds. */
export async function startTokenEndpoint(delay: number): Promise<TokenEndpoint> {
  let requests = 0;
  const server = createServer((request, response) => {
    requests++;
    request.resume();
    setTimeout(() => {
      response.setHeader("Content-Type", "application/json");
      response.end(JSON.stringify({ access_token: accessToken, token_type: "bearer", expires_in: 3600 }));
    }, delay);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/token`,
    get requests() {
      return requests;
    },
    async [Symbol.asyncDispose]() {
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    },
  };
}
