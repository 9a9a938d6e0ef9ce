import type { IncomingMessage, ServerResponse } from "node:http";
import type { Clock } from "../core/clock.ts";
import { ingressRequestFinished, type IngressListener } from "../telemetry/channels.ts";
import type { ClientConnection } from "./client-connection.ts";
import type { IngressRefusal } from "./failures.ts";

export interface Observed {
  readonly context: { readonly listener: IngressListener; readonly clock: Clock };
  readonly connection: { readonly client: ClientConnection | undefined; readonly peer: string };
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly refused: IngressRefusal | undefined;
}

/** Publishes the request when its answer has been sent, if anybody listens. */
export function observe({ context, connection, request, response, refused }: Observed): void {
  if (!ingressRequestFinished.hasSubscribers) return;
  const { listener, clock } = context;
  const begin = clock.monotonic();
  const { method = "", url = "" } = request;
  const certificate = connection.client?.certificate;
  response.once("close", () => {
    ingressRequestFinished.publish({
      listener,
      method,
      path: url.split("?", 1)[0] as string,
      status: response.writableFinished ? response.statusCode : 499,
      failure: refused?.code,
      client: certificate?.identity.subject.commonName,
      certificate: certificate?.hash,
      peer: connection.peer,
      milliseconds: clock.monotonic() - begin,
    });
  });
}
