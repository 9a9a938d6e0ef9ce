import { createHash, timingSafeEqual } from "node:crypto";
import { isIP } from "node:net";
import { startListener } from "../http/listener.ts";
import type { RequestHandler } from "../http/request-handler.ts";
import { readPrivateFileIfThere } from "../pki/private-file.ts";
import type { ServerKeyPair } from "../pki/server-key-pair.ts";
import { connectorFailure, refusal } from "./answer.ts";
import type { ConnectorOptions } from "./options.ts";
import { sendAnswer } from "./send-answer.ts";

/** Shorter ones could be guessed. */
const SHORTEST_TOKEN = 16;

export interface InternalListener extends AsyncDisposable {
  /** Where others reach it. */
  readonly origin: string;
}

/**
 * The internal API's own listener. Whoever reaches it can pair as any Application, so beyond the loopback it
 * needs a bearer token and TLS, and does not start otherwise (CONNECTOR_UNPROTECTED; connector spec §5).
 */
export async function startInternalListener(
  options: ConnectorOptions,
  handler: RequestHandler,
  certificate: ServerKeyPair | undefined,
): Promise<InternalListener> {
  const { internalHost: host, internalPort: port, internalTokenFile } = options;
  const token = internalTokenFile === "" ? undefined : await readToken(internalTokenFile);
  const missing =
    token === undefined ? "it has no internalTokenFile" : certificate ? undefined : "it has no TLS";
  if (!isLoopback(host) && missing !== undefined)
    throw connectorFailure("CONNECTOR_UNPROTECTED", [host, missing]);
  // On the loopback nobody listens in, and programs of the original speak plain HTTP to it.
  const presented = isLoopback(host) ? undefined : certificate;
  await using stack = new AsyncDisposableStack();
  const listener = stack.use(
    await startListener({
      host,
      port,
      setting: "connector.internalPort",
      handler: token === undefined ? fromThisMachine(handler) : withBearer(token, handler),
      ...(presented && { tls: presented.current }),
    }),
  );
  if (presented) stack.use(presented.onRenewed(() => listener.renewTls(presented.current)));
  const running = stack.move();
  return { origin: listener.origin, [Symbol.asyncDispose]: () => running.disposeAsync() };
}

async function readToken(file: string): Promise<string> {
  const token = (await readPrivateFileIfThere(file))?.trim() ?? "";
  if (token.length >= SHORTEST_TOKEN && /^[\x21-\x7e]+$/.test(token)) return token;
  const problem = `the file has no token of at least ${SHORTEST_TOKEN} plain characters`;
  throw connectorFailure("CONNECTOR_UNUSABLE_SETTING", ["internalTokenFile", problem]);
}

function withBearer(token: string, handler: RequestHandler): RequestHandler {
  const expected = digestOf(token);
  return (request, response) => {
    const presented = /^Bearer +(\S+)$/i.exec(request.headers.authorization ?? "")?.[1] ?? "";
    // Digests, so that neither length nor content of what is right shows in the time.
    if (timingSafeEqual(digestOf(presented), expected)) return handler(request, response);
    response.setHeader("WWW-Authenticate", "Bearer");
    sendAnswer(request, response, refusal("CONNECTOR_UNAUTHORIZED"));
  };
}

/**
 * A browser on this machine may be led here by a name that a stranger's DNS gives, and would send whatever the
 * stranger's page says. It then names that host; programs name the address, or localhost.
 */
function fromThisMachine(handler: RequestHandler): RequestHandler {
  return (request, response) => {
    const host = (request.headers.host ?? "")
      .replace(/:\d*$/, "")
      .replace(/^\[|\]$/g, "")
      .toLowerCase();
    if (isIP(host) !== 0 || host === "localhost" || host.endsWith(".localhost"))
      return handler(request, response);
    sendAnswer(request, response, refusal("CONNECTOR_FOREIGN_HOST"));
  };
}

function digestOf(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}

function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || (isIP(host) === 4 && host.startsWith("127."));
}
