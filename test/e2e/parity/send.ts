import { once } from "node:events";
import { request as plainRequest, type IncomingMessage } from "node:http";
import { request as tlsRequest } from "node:https";
import { parse } from "yaml";
import type { ComparedAnswer, ComparedRequest } from "./compared-request.ts";

/** Whom to ask. */
export interface ComparedServer {
  readonly origin: string;
  readonly token: string;
}

/** Sends a request and reads of the answer what is compared. */
export async function send(server: ComparedServer, asked: ComparedRequest): Promise<ComparedAnswer> {
  const { response, text } = await exchange(server, asked);
  return compared(response, text);
}

export async function getJson(
  server: ComparedServer,
  path: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<Record<string, unknown>> {
  const { text } = await exchange(server, { path, headers });
  return JSON.parse(text) as Record<string, unknown>;
}

async function exchange(server: ComparedServer, asked: ComparedRequest) {
  const { path, body, method = body === undefined ? "GET" : "POST", headers = {} } = asked;
  const isObject = typeof body === "object";
  const sent = (server.origin.startsWith("https:") ? tlsRequest : plainRequest)(`${server.origin}${path}`, {
    method,
    headers: {
      authorization: `Bearer ${server.token}`,
      ...(isObject ? { "content-type": "application/json" } : {}),
      ...headers,
    },
    rejectUnauthorized: false,
    agent: false,
  });
  const text = isObject ? JSON.stringify(body) : (body ?? "");
  // Node would send that of a DELETE without saying that it is there.
  if (body !== undefined) sent.setHeader("content-length", Buffer.byteLength(text));
  sent.end(text);
  const [response] = (await once(sent, "response")) as [IncomingMessage];
  let answer = "";
  for await (const piece of response.setEncoding("utf8")) answer += piece as string;
  return { response, text: answer };
}

/** Refusals in the words of whatever could not read or write something: parsers of JSON, encoders of Go. */
const READERS: ReadonlySet<number> = new Set([400, 406, 415]);

interface Answered {
  readonly kind?: string;
  readonly type?: string;
  readonly object?: { readonly kind?: string; readonly message?: string };
  readonly status?: unknown;
  readonly reason?: string;
  readonly message?: string;
  readonly details?: {
    readonly group?: string;
    readonly kind?: string;
    readonly name?: string;
    readonly causes?: readonly { reason?: string; field?: string; message?: string }[];
  };
}

function compared({ statusCode = 0, headers }: IncomingMessage, text: string): ComparedAnswer {
  const type = (headers["content-type"] ?? "").replace(/;\s*charset=utf-8/i, "");
  const answered = read(type, text);
  const { details = {} } = answered;
  // Several come in the order of a map of Go: in none.
  const causes = (details.causes ?? [])
    .map((cause) => settled(`${cause.reason ?? ""} ${cause.field ?? ""}: ${cause.message ?? ""}`))
    .toSorted();
  const isRefusal = answered.kind === "Status" && answered.status === "Failure";
  return {
    status: statusCode,
    type,
    reason: isRefusal ? (answered.reason ?? "") : (answered.kind ?? ""),
    message:
      isRefusal && !READERS.has(statusCode) && causes.length < 2 ? settled(answered.message ?? "") : "",
    about: isRefusal ? `${details.group ?? ""} ${details.kind ?? ""} ${details.name ?? ""}` : "",
    causes,
  };
}

/** One object; the first event of a watch as the kind of what it brings; anything else by its text. */
function read(type: string, text: string): Answered {
  if (type === "application/json" || type.startsWith("application/json;")) {
    const [first = ""] = text.split("\n", 1);
    if (first === "") return { kind: "(empty)" };
    const value = JSON.parse(first.startsWith("{") && first.endsWith("}") ? first : text) as Answered;
    return value.object
      ? { kind: `${value.type} ${value.object.kind} ${settled(value.object.message ?? "")}` }
      : value;
  }
  if (type === "application/yaml") return parse(text) as Answered;
  return { kind: text.slice(0, 100) };
}

/** Without what differs from server to server. */
function settled(text: string): string {
  return (
    text
      .replace(/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, "UID")
      // The whole object, which a cluster shows where a patch leads to none, and which of its parsers says so.
      .replace(/(patch: Invalid value: )"(?:[^"\\]|\\.)*": (?:error decoding from json: )?/g, "$1")
      .replace(/(current: |in record \()\d+/g, "$1VERSION")
  );
}
