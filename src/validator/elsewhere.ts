import type { IncomingMessage, ServerResponse } from "node:http";
import type { FlatHeaders } from "../http/flat-headers.ts";
import type { RequestHandler } from "../http/request-handler.ts";
import type { Connections } from "../outbound/connections.ts";
import { forwardRequest } from "../outbound/forward-request.ts";
import { tlsIdentity } from "../outbound/tls-identity.ts";

export interface ElsewhereOptions {
  /** `host` or `host:port`, plain HTTP as in the original. */
  readonly host: string;
  readonly connections: Connections;
  /** Milliseconds until the head of the answer. */
  readonly timeout: number;
  /** For the log: why there was no answer. */
  readonly unreachable: (error: Error) => void;
}

/** A registry or event publisher in another process (connector spec §16, "to the upstream"). */
export function elsewhere({ host, connections, timeout, unreachable }: ElsewhereOptions): RequestHandler {
  const { origin } = new URL(`http://${host}`);
  return (request: IncomingMessage, response: ServerResponse) => {
    forwardRequest(request, response, {
      pool: connections.pool(origin, tlsIdentity(true)),
      host,
      path: request.url ?? "/",
      dropped: CERTIFICATE_HEADERS,
      timeout,
      answer: masked,
      failed: (error) => {
        unreachable(error);
        response.writeHead(502, { "Content-Length": 0 });
        response.end();
      },
    });
  };
}

/** Nobody behind may take it for a proof. */
const CERTIFICATE_HEADERS = new Set(["x-forwarded-client-cert"]);

/** Every 5xx becomes 502 beside the status that it was. */
function masked(status: number, headers: FlatHeaders): { status: number; headers: string[] } {
  if (status < 500) return { status, headers: [...headers] };
  return { status: 502, headers: [...headers, "Target-System-Status", String(status)] };
}
