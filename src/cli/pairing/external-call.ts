import type { IncomingMessage } from "node:http";
import { request as httpsRequest } from "node:https";
import type { TLSSocket } from "node:tls";
import { pemText } from "../../pki/pem.ts";
import { addressOf, placeOf } from "./external-address.ts";
import { externalProblem } from "./external-problem.ts";
import { trustOptions, type ServerTrust } from "./server-trust.ts";

/** Certificate with its chain, and key; PEM. */
export interface ClientPair {
  readonly certificate: string;
  readonly key: string;
}

/** How the external system's side talks: to whom, as whom, how patiently. */
export interface ExternalSession {
  readonly trust: ServerTrust;
  readonly identity?: ClientPair;
  /** Milliseconds until an answer must be complete. */
  readonly timeout: number;
  readonly userAgent: string;
  readonly signal?: AbortSignal;
}

export interface ExternalRequest {
  readonly method: "GET" | "POST" | "PUT";
  readonly url: URL;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** Bytes that the answer may have. @default 1 MiB, for what concerns pairing has a few kilobytes */
  readonly longest?: number;
}

export interface ExternalAnswer {
  readonly status: number;
  /** `undefined` where it is no JSON. */
  readonly body: unknown;
  /** PEM of the authority at the top of the server's verified chain; empty where it is not known. */
  readonly authority: string;
  /** Texts of its `Warning` headers (RFC 7234 §5.5). */
  readonly warnings?: readonly string[];
}

const LONGEST = 1024 * 1024;

/** One request on a connection of its own. Redirects are not followed: they would hand on the token. */
export async function callExternal(
  request: ExternalRequest,
  session: ExternalSession,
): Promise<ExternalAnswer> {
  const limit = AbortSignal.timeout(session.timeout);
  const signal = session.signal ? AbortSignal.any([limit, session.signal]) : limit;
  try {
    const response = await send(request, session, signal);
    const authority = topOf(response.socket as TLSSocket);
    return {
      status: response.statusCode ?? 0,
      body: parseJson(await readBounded(response, request.longest)),
      authority,
      warnings: warningsIn(response.headers["warning"]),
    };
  } catch (error) {
    if (session.signal?.aborted) throw error;
    const reason: unknown = signal.aborted ? signal.reason : error;
    throw externalProblem(placeOf(request.url), reason, session.identity !== undefined);
  }
}

function send(
  { method, url, body, headers }: ExternalRequest,
  { trust, identity, userAgent }: ExternalSession,
  signal: AbortSignal,
): Promise<IncomingMessage> {
  const content = body === undefined ? undefined : JSON.stringify(body);
  return new Promise((resolve, reject) => {
    const sent = httpsRequest(
      {
        ...addressOf(url),
        ...trustOptions(trust),
        ...(identity ? { cert: identity.certificate, key: identity.key } : {}),
        method,
        path: `${url.pathname}${url.search}`,
        // A connection of its own each time: what it was verified against is never in doubt.
        agent: false,
        signal,
        headers: {
          ...headers,
          host: url.host,
          accept: "application/json",
          "user-agent": userAgent,
          ...(content === undefined
            ? {}
            : { "content-type": "application/json", "content-length": Buffer.byteLength(content) }),
        },
      },
      resolve,
    );
    sent.on("error", reject);
    sent.end(content);
  });
}

async function readBounded(response: IncomingMessage, longest = LONGEST): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of response) {
    const bytes = chunk as Buffer;
    length += bytes.length;
    if (length > longest) throw new Error(`the answer is larger than ${longest / 1024 / 1024} MiB`);
    chunks.push(bytes);
  }
  return Buffer.concat(chunks).toString("utf8");
}

function warningsIn(header = ""): readonly string[] {
  const texts = header.matchAll(/\d{3} \S+ "((?:[^"\\]|\\.)*)"/g);
  return [...texts].map(([, quoted = ""]) => quoted.replace(/\\(.)/g, "$1"));
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** Servers need not send the root; OpenSSL has found it. A root points at itself. */
function topOf(socket: TLSSocket): string {
  let certificate = socket.getPeerCertificate(true);
  for (let depth = 0; depth < 10 && certificate.issuerCertificate; depth++) {
    if (certificate.issuerCertificate.fingerprint256 === certificate.fingerprint256) break;
    certificate = certificate.issuerCertificate;
  }
  // The typings promise one; a server without a certificate gives an empty object.
  const der = certificate.raw as Buffer | undefined;
  return der ? pemText({ label: "CERTIFICATE", der }) : "";
}
