import { once } from "node:events";
import { createServer as createPlainServer, type AddressInfo, type Server, type Socket } from "node:net";
import { createServer as createTlsServer, type TLSSocket } from "node:tls";
import type { KeyPair } from "./certificates.ts";
import { readRequests, type RawRequest } from "./raw-requests.ts";

/**
 * What the identity provider does with a request. Strings are characters; objects answer something definite.
 *
 * - `healthy`: a token (POST) or a CSRF token (GET)
 * - `hang`: reads the request and never answers
 * - `trickle`: one byte of a correct answer per `trickleInterval`
 * - `trickle-body`: the head at once, then the body like that
 * - `garbage`: bytes that are not HTTP
 * - `empty`: 200 without a body; `html`: 200 with a login page; `endless`: 200 with a body without end
 * - `close`: closes without an answer; `reset`: resets instead; `reset-in-body`: after half of the body
 * - `redirect-loop`: 307 to itself
 */
export type Behaviour =
  | "healthy"
  | "hang"
  | "trickle"
  | "trickle-body"
  | "garbage"
  | "empty"
  | "html"
  | "endless"
  | "close"
  | "reset"
  | "reset-in-body"
  | "redirect-loop"
  /** The token response itself, as JSON. */
  | { readonly token: Readonly<Record<string, unknown>> }
  | {
      readonly status: number;
      readonly headers?: Readonly<Record<string, string | readonly string[]>>;
      readonly body?: string;
    };

export interface IdentityProviderOptions {
  readonly behaviour?: Behaviour;
  /** Serves HTTPS; with `clientAuthority` (PEM) it requires a client certificate of that authority. */
  readonly tls?: KeyPair & { readonly clientAuthority?: string };
  /** Clients by id with their secrets; others get 401. Absent: everybody gets a token. */
  readonly clients?: Readonly<Record<string, string>>;
  /** Member `expires_in` of healthy answers; 300 unless given. */
  readonly expiresIn?: unknown;
  /** Set-Cookie values that come with a CSRF token. */
  readonly csrfCookies?: readonly string[];
  /** Milliseconds before a healthy answer; 0 unless given. */
  readonly delay?: number;
  /** Milliseconds between two bytes; 20 unless given. */
  readonly trickleInterval?: number;
}

export interface RecordedRequest extends RawRequest {
  /** Common name of the client certificate that was presented. */
  readonly clientCertificate: string | undefined;
}

/** A token and CSRF endpoint on a real socket, with a character. Every path is both endpoints. */
export interface IdentityProvider extends AsyncDisposable {
  /** `http://127.0.0.1:port`, or `https://localhost:port`. */
  readonly origin: string;
  readonly tokenUrl: string;
  readonly csrfUrl: string;
  /** Every request that was read whole, in order. */
  readonly requests: readonly RecordedRequest[];
  /** Access tokens and CSRF tokens given, in order. */
  readonly issued: readonly string[];
  /** Sockets that are open now. */
  readonly connections: number;
  /** One behaviour per request from now on; the last stays. */
  behave(...behaviours: readonly [Behaviour, ...Behaviour[]]): void;
  /** Refuses connections, and drops those that there are, until `start`. */
  stop(): Promise<void>;
  /** Listens again, on the same port. */
  start(): Promise<void>;
}

export async function startIdentityProvider(
  options: IdentityProviderOptions = {},
): Promise<IdentityProvider> {
  const provider = new RunningProvider(options);
  await provider.start();
  return provider;
}

class RunningProvider implements IdentityProvider {
  readonly requests: RecordedRequest[] = [];
  readonly issued: string[] = [];
  readonly #options: IdentityProviderOptions;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #timers = new Set<NodeJS.Timeout>();
  #behaviours: readonly Behaviour[];
  #port = 0;

  constructor(options: IdentityProviderOptions) {
    this.#options = options;
    this.#behaviours = [options.behaviour ?? "healthy"];
    this.#server = options.tls ? tlsServer(options.tls, this.#serve) : createPlainServer(this.#serve);
    this.#server.on("connection", (socket: Socket) => {
      this.#sockets.add(socket);
      socket.on("close", () => this.#sockets.delete(socket)).on("error", () => {});
    });
  }

  get origin(): string {
    return this.#options.tls ? `https://localhost:${this.#port}` : `http://127.0.0.1:${this.#port}`;
  }

  get tokenUrl(): string {
    return `${this.origin}/oauth/token`;
  }

  get csrfUrl(): string {
    return `${this.origin}/csrf`;
  }

  get connections(): number {
    return this.#sockets.size;
  }

  behave(...behaviours: readonly [Behaviour, ...Behaviour[]]): void {
    this.#behaviours = behaviours;
  }

  async start(): Promise<void> {
    this.#server.listen(this.#port, "127.0.0.1");
    await once(this.#server, "listening");
    this.#port = (this.#server.address() as AddressInfo).port;
  }

  async stop(): Promise<void> {
    const closed = once(this.#server, "close");
    this.#server.close();
    for (const timer of this.#timers) clearInterval(timer);
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#server.listening) await this.stop();
  }

  readonly #serve = (socket: Socket): void => {
    socket.on("error", () => {});
    readRequests(socket, (request) => {
      this.requests.push({ ...request, clientCertificate: commonName(socket) });
      this.#answer(socket, request);
    });
  };

  #answer(socket: Socket, request: RawRequest): void {
    const [behaviour = "healthy", ...later] = this.#behaviours;
    if (later.length > 0) this.#behaviours = later;
    if (typeof behaviour === "object") {
      socket.write("token" in behaviour ? this.#token(behaviour.token) : response(behaviour));
      return;
    }
    switch (behaviour) {
      case "healthy":
        return this.#later(() => socket.write(this.#healthy(request)));
      case "hang":
        return;
      case "trickle":
        return this.#trickle(socket, this.#healthy(request));
      case "trickle-body": {
        const [head = "", body = ""] = this.#healthy(request).split(/(?<=\r\n\r\n)/);
        socket.write(head);
        return this.#trickle(socket, body);
      }
      case "garbage":
        return void socket.end("\x16\x03\x01 this is not HTTP\r\n\r\n");
      case "empty":
        return void socket.write(response({ status: 200 }));
      case "html":
        return void socket.write(
          response({
            status: 200,
            headers: { "Content-Type": "text/html" },
            body: "<html><body>Please log in</body></html>",
          }),
        );
      case "endless":
        return endless(socket);
      case "close":
        return void socket.end();
      case "reset":
        return reset(socket);
      case "reset-in-body": {
        const whole = this.#healthy(request);
        return void socket.write(whole.slice(0, -10), () => setImmediate(reset, socket));
      }
      case "redirect-loop":
        return void socket.write(response({ status: 307, headers: { Location: request.target } }));
    }
  }

  #healthy(request: RawRequest): string {
    if (request.method !== "POST") return this.#csrf();
    if (!this.#knows(request)) return response({ status: 401, body: '{"error":"invalid_client"}' });
    const { expiresIn = 300 } = this.#options;
    const accessToken = `token-${this.issued.length + 1}`;
    return this.#token({ access_token: accessToken, token_type: "bearer", expires_in: expiresIn });
  }

  #token(token: Readonly<Record<string, unknown>>): string {
    this.issued.push(String(token.access_token));
    return response({
      status: 200,
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(token),
    });
  }

  #csrf(): string {
    const token = `csrf-${this.issued.length + 1}`;
    this.issued.push(token);
    const { csrfCookies = [`session=${token}; Path=/; HttpOnly`] } = this.#options;
    return response({ status: 200, headers: { "X-Csrf-Token": token, "Set-Cookie": csrfCookies } });
  }

  #knows(request: RawRequest): boolean {
    const { clients } = this.#options;
    if (!clients) return true;
    const form = new URLSearchParams(request.body.toString());
    const id = form.get("client_id") ?? "";
    return Object.hasOwn(clients, id) && clients[id] === form.get("client_secret");
  }

  #later(action: () => void): void {
    const { delay = 0 } = this.#options;
    if (delay === 0) return action();
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      action();
    }, delay);
    this.#timers.add(timer);
  }

  #trickle(socket: Socket, text: string): void {
    let sent = 0;
    const timer = setInterval(() => {
      if (socket.writable && sent < text.length) socket.write(text.charAt(sent++));
      else clearInterval(timer);
    }, this.#options.trickleInterval ?? 20);
    this.#timers.add(timer);
    socket.on("close", () => clearInterval(timer));
  }
}

function tlsServer(
  { crt, key, clientAuthority }: NonNullable<IdentityProviderOptions["tls"]>,
  serve: (socket: Socket) => void,
): Server {
  const client = clientAuthority === undefined ? {} : { requestCert: true, ca: clientAuthority };
  return createTlsServer({ cert: crt, key, ...client }, serve).on("tlsClientError", () => {});
}

function commonName(socket: Socket | TLSSocket): string | undefined {
  if (!("getPeerCertificate" in socket)) return undefined;
  const { subject } = socket.getPeerCertificate();
  return subject === undefined ? undefined : String(subject.CN);
}

/** TLS has no reset of its own; there the connection just ends without a word. */
function reset(socket: Socket): void {
  if (socket.destroyed || "encrypted" in socket) socket.destroy();
  else socket.resetAndDestroy();
}

function endless(socket: Socket): void {
  socket.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
  const chunk = `4000\r\n${"x".repeat(0x4000)}\r\n`;
  const pump = () => {
    while (socket.writable && socket.write(chunk));
  };
  socket.on("drain", pump);
  pump();
}

function response({
  status,
  headers = {},
  body = "",
}: {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  readonly body?: string;
}): string {
  const lines = Object.entries(headers).flatMap(([name, value]) =>
    (typeof value === "string" ? [value] : value).map((item) => `${name}: ${item}\r\n`),
  );
  const length = status === 204 || status === 304 ? "" : `Content-Length: ${Buffer.byteLength(body)}\r\n`;
  return `HTTP/1.1 ${status} Status\r\n${lines.join("")}${length}\r\n${body}`;
}
