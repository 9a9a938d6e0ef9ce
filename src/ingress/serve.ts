import type { IncomingMessage, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import type { TLSSocket } from "node:tls";
import type { Clock } from "../core/clock.ts";
import { ambiguousFraming } from "../http/ambiguous-framing.ts";
import { setClientIdentity } from "../http/client-identity.ts";
import type { RequestHandler } from "../http/request-handler.ts";
import type { IngressListener } from "../telemetry/channels.ts";
import { announcesTooMuch, limitBody } from "./body-limit.ts";
import { canonicalTarget } from "./canonical-target.ts";
import { cleanHeaders } from "./clean-headers.ts";
import { ClientConnection } from "./client-connection.ts";
import type { ClientTrust } from "./client-trust.ts";
import type { FailedTokens } from "./failed-tokens.ts";
import { refusal, type IngressRefusal } from "./failures.ts";
import { isHost } from "./hosts.ts";
import { KnownCertificates } from "./known-certificates.ts";
import { observe } from "./observe.ts";
import { peerAddress } from "../http/peer-address.ts";
import { isRefused, isUnanswered, refuse, refuseRaw } from "./refuse.ts";
import { ingressRoute, isRevocation, type IngressRoute } from "./route.ts";

/** What every request of one listener is answered with. */
export interface IngressContext {
  readonly listener: IngressListener;
  /** The public host of this listener. */
  readonly host: string;
  readonly maxBodySize: number;
  /** Milliseconds. */
  readonly maxConnectionAge: number;
  readonly routes: Readonly<Partial<Record<IngressRoute, RequestHandler>>>;
  /** Changes when authorities are added or removed. */
  readonly trust: { readonly current: ClientTrust };
  readonly revoked: (hash: string) => boolean | undefined;
  readonly failedTokens: FailedTokens;
  readonly clock: Clock;
  /** Answers end their connection from now on. */
  readonly phase: { draining: boolean };
}

interface Connection {
  /** Only where a certificate is asked for. */
  readonly client: ClientConnection | undefined;
  readonly since: number;
  readonly peer: string;
  /** The request that came last. */
  latest: { readonly request: IncomingMessage; readonly response: ServerResponse } | undefined;
  /** What still comes must not be taken for requests. */
  closing: boolean;
}

/** Takes one request through every check of connector spec §17, then hands it to its component. */
export class IngressServer {
  readonly #context: IngressContext;
  readonly #connections = new WeakMap<object, Connection>();
  readonly #certificates = new KnownCertificates();

  constructor(context: IngressContext) {
    this.#context = context;
  }

  /** `expectsContinue`: the client waits for a word before it sends its body. */
  serve(request: IncomingMessage, response: ServerResponse, expectsContinue: boolean): void {
    const context = this.#context;
    const connection = this.#connectionOf(request.socket);
    if (connection.closing) return void request.resume();
    connection.latest = { request, response };
    const decision = this.#decide(request, connection);
    const refused = typeof decision === "object" ? decision : undefined;
    const isLast = this.#isLast(connection);
    if (isLast) response.setHeader("Connection", "close");
    connection.closing = isLast || refused?.close === true;
    observe({ context, connection, request, response, refused });
    if (refused) return refuse(request, response, refused);
    const { client, peer } = connection;
    if (client?.certificate) setClientIdentity(request, client.certificate.identity);
    const clientCertificate = client?.certificate?.forwarded;
    cleanHeaders(request, context.listener, { clientCertificate, peer, host: request.headers.host ?? "" });
    limitBody(request, response, context.maxBodySize);
    if (expectsContinue) response.writeContinue();
    if (decision === "token") this.#countFailedToken(response, peer);
    context.routes[decision as IngressRoute]?.(request, response);
  }

  /** For bytes that are no HTTP/1.1: a 400 where it cannot be taken for the answer to another request. */
  malformed(socket: Duplex, refused: IngressRefusal): void {
    const { latest, closing } = this.#connections.get(socket) ?? {};
    // Its last answer is on the way and ends it.
    if (closing || isRefused(socket)) return;
    const isAnswered = latest === undefined || latest.response.writableFinished;
    if (socket.writable && (isAnswered || isUnanswered(latest))) refuseRaw(socket, refused);
    else socket.destroy();
  }

  #connectionOf(socket: Socket): Connection {
    const known = this.#connections.get(socket);
    if (known) return known;
    const isGateway = this.#context.listener === "gateway";
    const connection: Connection = {
      client: isGateway ? new ClientConnection(socket as TLSSocket, this.#certificates) : undefined,
      since: this.#context.clock.monotonic(),
      peer: peerAddress(socket) ?? "",
      latest: undefined,
      closing: false,
    };
    this.#connections.set(socket, connection);
    // Age ends a connection with its next answer; one whose client does not take that answer ends too.
    const cut = this.#context.clock.after(2 * this.#context.maxConnectionAge, () => socket.destroy());
    socket.once("close", () => cut[Symbol.dispose]());
    return connection;
  }

  #decide(request: IncomingMessage, connection: Connection): IngressRoute | IngressRefusal {
    const { listener, host, maxBodySize } = this.#context;
    const ambiguity = ambiguousFraming(request.rawHeaders);
    if (ambiguity !== undefined) return refusal("INGRESS_BAD_REQUEST", ambiguity);
    const target = canonicalTarget(request.url ?? "");
    const refused = this.#refuseClient(request, connection);
    if (refused) return refused;
    if ("problem" in target) return refusal("INGRESS_BAD_PATH", target.problem);
    const { path, query, authority } = target;
    if (!isHost(request.headers.host ?? "", host) || !isHost(authority ?? host, host)) {
      return refusal("INGRESS_FOREIGN_HOST");
    }
    const route = ingressRoute(listener, path);
    if (typeof route === "object") return route;
    if (announcesTooMuch(request, maxBodySize)) return refusal("INGRESS_BODY_TOO_LARGE", maxBodySize);
    if (authority !== undefined) request.url = path + query;
    return route === "token" ? (this.#refuseGuesser(connection) ?? route) : route;
  }

  #refuseClient(request: IncomingMessage, { client }: Connection): IngressRefusal | undefined {
    if (!client) return undefined;
    const { trust, revoked, clock } = this.#context;
    const admission = { trust: trust.current, revoked, now: clock.now() };
    return client.refusal(admission, isRevocation(request.method, request.url ?? ""));
  }

  #refuseGuesser({ peer }: Connection): IngressRefusal | undefined {
    const retryAfter = this.#context.failedTokens.wait(peer);
    return retryAfter > 0 ? { ...refusal("INGRESS_TOO_MANY_FAILED_TOKENS"), retryAfter } : undefined;
  }

  #countFailedToken(response: ServerResponse, peer: string): void {
    // The connector answers 403 for a token that is missing, wrong, used or expired, and for nothing else.
    response.once("finish", () => {
      if (response.statusCode === 403) this.#context.failedTokens.failed(peer);
    });
  }

  #isLast({ since }: Connection): boolean {
    const { phase, clock, maxConnectionAge } = this.#context;
    return phase.draining || clock.monotonic() - since >= maxConnectionAge;
  }
}
