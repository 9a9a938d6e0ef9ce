import { constants } from "node:crypto";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { DropArgument } from "node:net";
import type { Duplex } from "node:stream";
import type { Server as TlsServer, TLSSocket, TlsOptions } from "node:tls";
import { startListener, type Listener } from "../http/listener.ts";
import { refusal, type IngressRefusal } from "./failures.ts";
import { Handshakes } from "./handshakes.ts";
import { IngressRequest } from "./ingress-request.ts";
import type { IngressOptions } from "./options.ts";
import { IngressServer, type IngressContext } from "./serve.ts";

/** Spec §17 allows no more, whatever the setting says. */
const LONGEST_HANDSHAKE = 10_000;

/** Binds one listener; `tls` is its certificate and, for the gateway, what asks for the client's. */
export function listen(context: IngressContext, options: IngressOptions, tls: TlsOptions): Promise<Listener> {
  const server = new IngressServer(context);
  const timeout = Math.min(options.handshakeTimeout, LONGEST_HANDSHAKE);
  const handshakes = new Handshakes(
    context.listener,
    { timeout, most: options.maxHandshakes },
    context.clock,
  );
  const isGateway = context.listener === "gateway";
  return startListener({
    host: options.host,
    port: isGateway ? options.port : options.pairingPort,
    setting: isGateway ? "ingress.port" : "ingress.pairingPort",
    handler: (request, response) => server.serve(request, response, false),
    tls: { ...tls, handshakeTimeout: timeout, secureOptions: isGateway ? NOT_RESUMED : NOT_RENEGOTIATED },
    server: {
      maxHeaderSize: options.maxHeaderSize,
      requestTimeout: options.requestTimeout,
      IncomingMessage: IngressRequest,
    },
    admit: (socket) => handshakes.admit(socket),
    prepareTls: (tlsServer: TlsServer) => {
      tlsServer.on("secureConnection", (socket: TLSSocket) => handshakes.completed(socket));
      tlsServer.on("tlsClientError", (error, socket) => handshakes.failed(error, socket));
    },
    prepare: (httpServer: Server) => {
      httpServer.maxConnections = options.maxConnections;
      // Limited by their size alone: Node would drop what comes after the 2 000th without a word.
      httpServer.maxHeadersCount = 0;
      httpServer.on("drop", (dropped?: DropArgument) => handshakes.dropped(dropped?.remoteAddress));
      httpServer.on("checkContinue", (request: IncomingMessage, response: ServerResponse) => {
        server.serve(request, response, true);
      });
      httpServer.on("clientError", (error: NodeJS.ErrnoException, socket: Duplex) => {
        if (error.code === "ECONNRESET") socket.destroy();
        else server.malformed(socket, malformation(error));
      });
    },
    clock: context.clock,
  });
}

const NOT_RENEGOTIATED = constants.SSL_OP_NO_RENEGOTIATION;

/**
 * A resumed session is not verified again, and Node calls one authorised that never showed a certificate
 * (nodejs/node#35317): with neither tickets nor a session handler there is none to resume.
 */
const NOT_RESUMED = NOT_RENEGOTIATED | constants.SSL_OP_NO_TICKET;

function malformation(error: NodeJS.ErrnoException & { reason?: string }): IngressRefusal {
  if (error.code === "HPE_HEADER_OVERFLOW") return refusal("INGRESS_HEADERS_TOO_LARGE");
  if (error.code === "ERR_HTTP_REQUEST_TIMEOUT") return refusal("INGRESS_REQUEST_TIMEOUT");
  // The parser's own words, which quote nothing of the request.
  return refusal("INGRESS_BAD_REQUEST", error.reason ?? error.code ?? "unreadable");
}
