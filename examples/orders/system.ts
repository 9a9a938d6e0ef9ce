/**
 * An external system, as a team would have one somewhere: an orders API that answers nobody without a valid
 * token, and the token endpoint that gives tokens to whoever knows the client secret.
 *
 *     node examples/orders/system.ts
 *
 * ORDERS_PORT (7070) is its port on 127.0.0.1; TOKEN_SECONDS (30) is how long a token lives.
 */
import { randomBytes, timingSafeEqual } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** The client that secret.yaml knows. */
export const CLIENT = { id: "workloads", secret: "correct-horse-battery-staple" } as const;

export interface OrdersSystemOptions {
  /** 0 lets the system choose. */
  readonly port: number;
  readonly tokenSeconds: number;
  /** Told of each request; nothing secret. */
  readonly log: (line: string) => void;
}

export interface OrdersSystem {
  readonly origin: string;
  close(): Promise<void>;
}

/** Starts the system on the loopback. */
export async function startOrdersSystem(options: OrdersSystemOptions): Promise<OrdersSystem> {
  const tokens = new Tokens(options.tokenSeconds);
  const server = createServer((request, response) => {
    answer(request, tokens)
      .catch((error: unknown): Answer => ({ status: 500, body: { error: String(error) } }))
      .then((result) => {
        options.log(
          `${request.method} ${request.url} → ${result.status}${result.note ? ` (${result.note})` : ""}`,
        );
        send(response, result);
      })
      .catch(() => response.destroy());
  });
  server.listen(options.port, "127.0.0.1");
  await once(server, "listening").catch((error: unknown) => {
    const where = `http://127.0.0.1:${options.port}`;
    const reason = isTaken(error) ? "another program listens there" : String(error);
    throw new Error(
      `the orders system cannot listen on ${where}: ${reason}. ORDERS_PORT chooses another port; ` +
        "change it in examples/orders/application.yaml too",
    );
  });
  const { port } = server.address() as AddressInfo;
  return {
    origin: `http://127.0.0.1:${port}`,
    close: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    },
  };
}

function isTaken(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "EADDRINUSE";
}

interface Answer {
  readonly status: number;
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** For the log. */
  readonly note?: string;
}

async function answer(request: IncomingMessage, tokens: Tokens): Promise<Answer> {
  const { pathname } = new URL(request.url ?? "/", "http://system");
  if (request.method === "POST" && pathname === "/oauth/token") return tokenEndpoint(request, tokens);
  if (request.method === "POST" && pathname === "/oauth/secret") return changeSecret(request, tokens);
  if (pathname === "/health") return { status: 200, body: { status: "up" } };
  if (!tokens.accepts(request.headers.authorization)) {
    return {
      status: 401,
      headers: { "www-authenticate": 'Bearer realm="orders"' },
      body: { error: "invalid_token", message: "only with a valid bearer token" },
      note: request.headers.authorization ? "token not valid" : "no token",
    };
  }
  return ordersApi(request, pathname);
}

function ordersApi(request: IncomingMessage, pathname: string): Answer {
  const [, name, id] = /^\/(orders)(?:\/(\d{1,6}))?$/.exec(pathname) ?? [];
  if (!name) return { status: 404, body: { error: "not_found" } };
  if (request.method !== "GET") return { status: 405, body: { error: "method_not_allowed" } };
  const warehouse = String(request.headers["x-warehouse"] ?? "any");
  const order = (number: number) => ({ id: number, item: "anvil", quantity: (number % 7) + 1, warehouse });
  return { status: 200, body: id ? order(Number(id)) : { orders: [41, 42, 43].map(order) } };
}

/** RFC 6749 §4.4: client credentials, in the Authorization header or in the form. */
async function tokenEndpoint(request: IncomingMessage, tokens: Tokens): Promise<Answer> {
  const form = new URLSearchParams(await readBody(request));
  const [id, secret] = basicCredentials(request) ?? [form.get("client_id"), form.get("client_secret")];
  if (form.get("grant_type") !== "client_credentials") {
    return { status: 400, body: { error: "unsupported_grant_type" } };
  }
  if (!tokens.knows(id, secret)) {
    return { status: 401, body: { error: "invalid_client" }, note: "client secret not valid" };
  }
  return { status: 200, body: tokens.issue(), note: "token issued" };
}

/** What its administrator would do on a console: a new client secret, and no old token counts any more. */
async function changeSecret(request: IncomingMessage, tokens: Tokens): Promise<Answer> {
  const [id, secret] = basicCredentials(request) ?? [];
  if (!tokens.knows(id, secret)) return { status: 401, body: { error: "invalid_client" } };
  const next = new URLSearchParams(await readBody(request)).get("secret");
  if (!next) return { status: 400, body: { error: "secret is missing" } };
  tokens.changeSecret(next);
  return { status: 200, body: { changed: true }, note: "client secret changed, all tokens revoked" };
}

class Tokens {
  readonly #lifetime: number;
  /** Token → the moment it ends, on the clock that never jumps. */
  readonly #ends = new Map<string, number>();
  #secret: string = CLIENT.secret;

  constructor(seconds: number) {
    this.#lifetime = seconds * 1000;
  }

  knows(id: unknown, secret: unknown): boolean {
    return id === CLIENT.id && typeof secret === "string" && isEqual(secret, this.#secret);
  }

  changeSecret(secret: string): void {
    this.#secret = secret;
    this.#ends.clear();
  }

  issue(): object {
    const now = performance.now();
    for (const [token, end] of this.#ends) if (end <= now) this.#ends.delete(token);
    const token = randomBytes(24).toString("base64url");
    this.#ends.set(token, now + this.#lifetime);
    return { access_token: token, token_type: "bearer", expires_in: this.#lifetime / 1000 };
  }

  accepts(authorization: string | undefined): boolean {
    const [, token] = /^Bearer (\S+)$/i.exec(authorization ?? "") ?? [];
    const end = token === undefined ? undefined : this.#ends.get(token);
    return end !== undefined && end > performance.now();
  }
}

function isEqual(left: string, right: string): boolean {
  const [first, second] = [Buffer.from(left), Buffer.from(right)];
  return first.length === second.length && timingSafeEqual(first, second);
}

function basicCredentials(request: IncomingMessage): readonly [string, string] | undefined {
  const [, encoded] = /^Basic (\S+)$/i.exec(request.headers.authorization ?? "") ?? [];
  if (!encoded) return undefined;
  const [id = "", ...secret] = Buffer.from(encoded, "base64").toString("utf8").split(":");
  return [id, secret.join(":")];
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    chunks.push(chunk as Buffer);
    size += (chunk as Buffer).length;
    if (size > 10_000) throw new Error("body too large");
  }
  return Buffer.concat(chunks).toString("utf8");
}

function send(response: ServerResponse, { status, body, headers }: Answer): void {
  response.writeHead(status, { "content-type": "application/json", ...headers });
  response.end(`${JSON.stringify(body)}\n`);
}

/** ORDERS_PORT, else 7070. */
export function ordersPort(environment: Readonly<Record<string, string | undefined>>): number {
  const text = environment["ORDERS_PORT"] || "7070";
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (port <= 65_535) return port;
  throw new Error(`ORDERS_PORT must be a number from 0 to 65535, not ${JSON.stringify(text)}`);
}

/** TOKEN_SECONDS, else 30. */
function tokenSeconds(text = "30"): number {
  const seconds = Number(text);
  if (seconds > 0) return seconds;
  throw new Error(`TOKEN_SECONDS must be a number of seconds above 0, not ${JSON.stringify(text)}`);
}

if (import.meta.main) {
  try {
    const system = await startOrdersSystem({
      port: ordersPort(process.env),
      tokenSeconds: tokenSeconds(process.env["TOKEN_SECONDS"]),
      log: (line) => console.log(line),
    });
    console.log(`The orders system listens on ${system.origin}.`);
    console.log(`Without a token it refuses: curl -i ${system.origin}/orders/42`);
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    process.exitCode = 1;
  }
}
