import { equal } from "node:assert/strict";
import { createHash, X509Certificate } from "node:crypto";
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import type { IncomingHttpHeaders, IncomingMessage } from "node:http";
import { Agent, request as httpsRequest } from "node:https";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { encode, makeRequest, SUBJECT } from "./certificate-requests.ts";
import type { ServedInstallation } from "./served-installation.ts";
import { startProgram } from "../e2e/appconn-process.ts";

/** A key, and a request for an Application made with the `openssl` program; each once per test file. */
interface Prepared {
  readonly key: string;
  /** Body of the request. */
  readonly body: string;
}

const prepared = new Map<string, Prepared>();

export function prepare(application: string): Prepared {
  const known = prepared.get(application);
  if (known) return known;
  const { key, request } = makeRequest({ subject: SUBJECT.replace("CN=shop", `CN=${application}`) });
  const made = { key, body: JSON.stringify({ csr: encode(request) }) };
  prepared.set(application, made);
  return made;
}

/** What an external system holds after pairing. */
export interface Identity {
  readonly application: string;
  /** The leaf and its chain, PEM. */
  readonly certificate: string;
  readonly key: string;
  /** Lower-case hex SHA-256 of the DER. */
  readonly hash: string;
}

export interface Answered {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

export interface SystemCall {
  readonly method?: string;
  readonly identity?: Identity | undefined;
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Kept connections; a new one for each call by default. */
  readonly agent?: Agent;
  /** Whom the client trusts; the authority of our own server certificates by default. PEM. */
  readonly authority?: string | undefined;
}

/** One request to a public URL of the installation; Node does not resolve names below .localhost by itself. */
export async function send(
  at: ServedInstallation,
  url: URL | string,
  call: SystemCall = {},
): Promise<Answered> {
  const { hostname, port, pathname, search, host } = new URL(url);
  const { method = "GET", identity, body, headers, agent = false, authority } = call;
  const request = httpsRequest({
    host: "127.0.0.1",
    port,
    servername: hostname,
    path: pathname + search,
    method,
    agent,
    ca: authority ?? readFileSync(at.serverAuthority),
    headers: { host, ...headers },
    ...(identity && { cert: identity.certificate, key: identity.key }),
  });
  request.end(body);
  const [answer] = (await once(request, "response")) as [IncomingMessage];
  const text = (await buffer(answer)).toString();
  return { status: answer.statusCode ?? 0, headers: answer.headers, text };
}

/** One kept connection. */
export function keptConnection(): Agent & Disposable {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  return Object.assign(agent, { [Symbol.dispose]: () => agent.destroy() });
}

export interface Link {
  readonly url: string;
  readonly token: string;
}

export async function newLink(at: ServedInstallation, application: string): Promise<Link> {
  const answer = await at.admin("POST", "/v1/applications/tokens", { headers: { Application: application } });
  equal(answer.status, 201);
  return (await answer.json()) as Link;
}

/** The link's information: URLs and subject. */
export async function information(
  at: ServedInstallation,
  link: string,
  authority?: string,
): Promise<{ readonly csrUrl: string }> {
  const { status, text } = await send(at, link, { authority });
  equal(status, 200, text);
  return JSON.parse(text) as { csrUrl: string };
}

function identityOf(application: string, answer: Answered): Identity {
  equal(answer.status, 201, answer.text);
  const { crt } = JSON.parse(answer.text) as { crt: string };
  const certificate = Buffer.from(crt, "base64").toString();
  const hash = createHash("sha256").update(new X509Certificate(certificate).raw).digest("hex");
  return { application, certificate, key: prepare(application).key, hash };
}

/** The whole way from a new token, or from a link, to an identity. */
export async function pair(
  at: ServedInstallation,
  application: string,
  { link, authority }: { readonly link?: string; readonly authority?: string } = {},
): Promise<Identity> {
  const url = link ?? (await newLink(at, application)).url;
  const { csrUrl } = await information(at, url, authority);
  const { body } = prepare(application);
  return identityOf(application, await send(at, csrUrl, { method: "POST", body, authority }));
}

/** The identity as files for other programs: `curl` words that use them. */
export function writeIdentity(directory: string, identity: Identity): { crt: string; key: string } {
  const crt = join(directory, `${identity.hash.slice(0, 8)}.crt`);
  const key = join(directory, `${identity.hash.slice(0, 8)}.key`);
  writeFileSync(crt, identity.certificate);
  writeFileSync(key, identity.key, { mode: 0o600 });
  return { crt, key };
}

export interface CurlAnswer {
  readonly status: number;
  readonly body: string;
  readonly contentType: string;
}

/** The `curl` program, as people run it; the answer must be one of HTTP. */
export async function curl(at: ServedInstallation, ...words: readonly string[]): Promise<CurlAnswer> {
  const { code, stdout, stderr } = await curlProgram(at, ...words);
  equal(code, 0, stderr);
  const end = stdout.lastIndexOf("\n#");
  const [status = "", contentType = ""] = stdout.slice(end + 2).split("#");
  return { status: Number(status), body: stdout.slice(0, end), contentType };
}

export function curlProgram(at: ServedInstallation, ...words: readonly string[]) {
  const common = ["-sS", "--max-time", "20", "--cacert", at.serverAuthority];
  const told = ["-w", "\n#%{http_code}#%{content_type}"];
  return startProgram(["curl", ...common, ...told, ...words]).ended;
}
