import { once } from "node:events";
import type { IncomingMessage } from "node:http";
import { request as httpsRequest, type RequestOptions } from "node:https";
import { buffer } from "node:stream/consumers";
import { connect, type ConnectionOptions, type TLSSocket } from "node:tls";
import type { Clock } from "../../src/core/clock.ts";
import { systemClock } from "../../src/core/clock.ts";
import { clientIdentityOf, type ClientIdentity } from "../../src/http/client-identity.ts";
import type { RequestHandler } from "../../src/http/request-handler.ts";
import { ingressHosts } from "../../src/ingress/hosts.ts";
import { ingressSettings } from "../../src/ingress/options.ts";
import type { IngressOptions } from "../../src/ingress/options.ts";
import { startIngress, type Ingress, type IngressParts } from "../../src/ingress/start.ts";
import {
  handshakeRefused,
  ingressRequestFinished,
  type HandshakeRefused,
  type IngressRequest,
} from "../../src/telemetry/channels.ts";
import { TestAuthority, type KeyPair } from "./certificates.ts";
import { RawClient } from "./raw-client.ts";
import { defaultsOf } from "./setting-defaults.ts";

/** What a component behind the ingress saw of a request. */
export interface Seen {
  readonly component: "token" | "certificate" | "validator";
  readonly method: string;
  readonly url: string;
  readonly rawHeaders: readonly string[];
  readonly headers: NodeJS.Dict<string | string[]>;
  readonly identity: ClientIdentity | undefined;
  readonly bodyBytes: number;
}

export interface Called {
  readonly status: number;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
  /** The body as JSON. */
  readonly json: () => unknown;
}

export interface CallOptions extends RequestOptions {
  readonly identity?: KeyPair | undefined;
  readonly body?: string | Buffer;
}

export interface TestIngressOptions extends Partial<Omit<IngressParts, "options">> {
  readonly options?: Partial<IngressOptions>;
  readonly clock?: Clock;
}

/** An ingress of its own for one test, whose components answer with what they saw. */
export class TestIngress implements AsyncDisposable {
  readonly clients: TestAuthority;
  readonly servers: TestAuthority;
  /** Changed by tests, then `reload()`. */
  bundle: string[];
  server: KeyPair;
  revocations: Set<string> | undefined = new Set();
  readonly refusedHandshakes: HandshakeRefused[] = [];
  readonly finished: IngressRequest[] = [];
  readonly warnings: string[] = [];
  readonly #listeners = new Set<() => void>();
  readonly #stack = new AsyncDisposableStack();
  #ingress: Ingress | undefined;

  private constructor(clients: TestAuthority, servers: TestAuthority, server: KeyPair) {
    this.clients = clients;
    this.servers = servers;
    this.server = server;
    this.bundle = [clients.crt];
  }

  static async start({ options, ...parts }: TestIngressOptions = {}): Promise<TestIngress> {
    const clients = await TestAuthority.create("Client CA");
    const servers = await TestAuthority.create("Server CA");
    const server = await servers.server("gateway.localhost", "connector-service.localhost");
    const ingress = new TestIngress(clients, servers, server);
    await ingress.#start(parts, options);
    return ingress;
  }

  get gatewayPort(): number {
    return Number(new URL(this.#ingress?.gatewayOrigin ?? "").port);
  }

  get pairingPort(): number {
    return Number(new URL(this.#ingress?.pairingOrigin ?? "").port);
  }

  /** Tells the ingress that `bundle` or `server` are different now. */
  reload(): void {
    for (const listener of this.#listeners) listener();
  }

  close(): Promise<void> {
    return this.#ingress?.close() ?? Promise.resolve();
  }

  /** One request to the gateway host with a connection of its own, unless an agent is given. */
  call(path: string, options: CallOptions = {}): Promise<Called> {
    return this.#call(path, { port: this.gatewayPort, host: "gateway.localhost" }, options);
  }

  /** One request to the pairing host. */
  pair(path: string, options: CallOptions = {}): Promise<Called> {
    return this.#call(path, { port: this.pairingPort, host: "connector-service.localhost" }, options);
  }

  /** A TLS connection to the gateway host, once its handshake is done on this side. */
  async connect(identity: KeyPair | undefined, options: ConnectionOptions = {}): Promise<TLSSocket> {
    const socket = connect(this.connectOptions(identity, options));
    await once(socket, "secureConnect");
    return socket;
  }

  connectOptions(identity: KeyPair | undefined, options: ConnectionOptions = {}): ConnectionOptions {
    return {
      port: this.gatewayPort,
      host: "127.0.0.1",
      servername: "gateway.localhost",
      ca: this.servers.crt,
      ...(identity ? { cert: identity.crt, key: identity.key } : {}),
      ...options,
    };
  }

  /** Sends exactly the bytes it is given, after a mutual handshake. */
  async raw(identity: KeyPair): Promise<RawClient> {
    return new RawClient(await this.connect(identity));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stack.disposeAsync();
  }

  async #start(parts: Omit<TestIngressOptions, "options">, options?: Partial<IngressOptions>): Promise<void> {
    const onChanged = (listener: () => void) => {
      this.#listeners.add(listener);
      return { [Symbol.dispose]: () => void this.#listeners.delete(listener) };
    };
    const certificate = () => ({ cert: this.server.crt, key: this.server.key });
    const clock = parts.clock ?? systemClock;
    this.#ingress = this.#stack.use(
      await startIngress({
        options: {
          ...defaultsOf(ingressSettings),
          port: 0,
          pairingPort: 0,
          drainTimeout: 0,
          ...options,
        },
        hosts: ingressHosts("localhost"),
        certificate: {
          get current() {
            return certificate();
          },
          onRenewed: onChanged,
        },
        trust: { bundle: () => this.bundle, onChanged },
        revoked: (hash) => this.revocations?.has(hash),
        routes: {
          tokenHost: echo("token"),
          certificateHost: echo("certificate"),
          validator: echo("validator"),
        },
        warn: (message) => this.warnings.push(message),
        ...parts,
        clock,
      }),
    );
    this.#listen();
  }

  #listen(): void {
    const refused = (event: HandshakeRefused) => void this.refusedHandshakes.push(event);
    const finished = (event: IngressRequest) => void this.finished.push(event);
    handshakeRefused.subscribe(refused);
    ingressRequestFinished.subscribe(finished);
    this.#stack.defer(() => {
      handshakeRefused.unsubscribe(refused);
      ingressRequestFinished.unsubscribe(finished);
    });
  }

  async #call(path: string, at: { port: number; host: string }, options: CallOptions): Promise<Called> {
    const { identity, body, ...rest } = options;
    const request = httpsRequest({
      port: at.port,
      host: "127.0.0.1",
      servername: at.host,
      path,
      agent: false,
      ca: this.servers.crt,
      ...(identity ? { cert: identity.crt, key: identity.key } : {}),
      ...rest,
      headers: { host: at.host, ...(rest.headers as NodeJS.Dict<string>) },
    });
    // After the answer: a server that closes while a body is still being sent.
    request.on("error", () => {});
    request.end(body);
    const [answer] = (await once(request, "response")) as [IncomingMessage];
    const text = (await buffer(answer)).toString();
    const { statusCode: status = 0, headers } = answer;
    return { status, headers, body: text, json: () => JSON.parse(text) as unknown };
  }
}

/** Answers with what it saw, as JSON; with 403 for the path of a wrong token. */
function echo(component: Seen["component"]): RequestHandler {
  return (request, response) => {
    let bodyBytes = 0;
    request.on("data", (chunk: Buffer) => (bodyBytes += chunk.length));
    request.on("end", () => {
      const { method = "", url = "", rawHeaders, headers } = request;
      const identity = clientIdentityOf(request);
      response.statusCode = url.includes("token=wrong") ? 403 : 200;
      response.end(
        JSON.stringify({ component, method, url, rawHeaders, headers, identity, bodyBytes } satisfies Seen),
      );
    });
  };
}
