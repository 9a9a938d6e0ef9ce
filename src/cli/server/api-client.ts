import {
  Agent as HttpAgent,
  request as httpRequest,
  type IncomingHttpHeaders,
  type IncomingMessage,
} from "node:http";
import { Agent as HttpsAgent, request as httpsRequest } from "node:https";
import { getCACertificates } from "node:tls";
import type { CommandError } from "../command-error.ts";
import { readAll, readBytes } from "../terminal.ts";
import type { Connection, ConnectionTls } from "./connection.ts";
import { lookupHost } from "./lookup-host.ts";
import { StatusError } from "./status-error.ts";
import { unauthorized, unreachable } from "./unreachable.ts";

export interface ApiRequest {
  readonly method?: "GET" | "POST" | "PATCH" | "DELETE";
  /** From the server's root: `/api/v1/namespaces/default/secrets`. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly accept?: string;
  readonly contentType?: string;
  /** Further headers. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  readonly signal?: AbortSignal;
}

export interface ApiAnswer {
  readonly body: unknown;
  /** Texts of the `Warning` headers. */
  readonly warnings: readonly string[];
  readonly headers: IncomingHttpHeaders;
}

export interface ApiClientOptions {
  readonly userAgent: string;
  /** Milliseconds until the answer must be complete, or have begun where it goes on, as that of a watch does. */
  readonly timeout: number;
}

/** The few requests that the commands make, over connections that are kept while the command runs. */
export class ApiClient implements Disposable {
  readonly connection: Connection;
  readonly #options: ApiClientOptions;
  readonly #agent: HttpAgent;
  readonly #send: typeof httpRequest;

  constructor(connection: Connection, options: ApiClientOptions) {
    this.connection = connection;
    this.#options = options;
    const secure = connection.server.startsWith("https:");
    this.#agent = secure
      ? new HttpsAgent({ keepAlive: true, ...tlsOptions(connection.tls) })
      : new HttpAgent({ keepAlive: true });
    this.#send = secure ? httpsRequest : httpRequest;
  }

  /** The JSON of the answer; rejects with a StatusError where the server refuses. */
  async request(request: ApiRequest): Promise<ApiAnswer> {
    const { response, bytes } = await this.#whole(request);
    const body = parseJson(bytes.toString("utf8"));
    return { body, warnings: warningsOf(response), headers: response.headers };
  }

  /** The answer as it is; rejects with a StatusError where the server refuses. */
  async content(request: ApiRequest): Promise<Buffer> {
    return (await this.#whole({ accept: "*/*", ...request })).bytes;
  }

  /**
   * The JSON documents of an answer that goes on, one for each line; ends when the server ends it. The answer has to
   * begin in time, and may take as long as it does then.
   */
  async *stream(request: ApiRequest): AsyncIterable<unknown> {
    const response = await this.#begun(request);
    const status = response.statusCode ?? 0;
    if (status !== 200) throw this.#refusal(status, parseJson(await readAll(response)));
    let rest = "";
    response.setEncoding("utf8");
    const chunks = response[Symbol.asyncIterator]();
    for (;;) {
      const { done, value } = await this.#guard(chunks.next(), request.signal);
      if (done) return;
      const lines = (rest + String(value)).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) if (line !== "") yield parseJson(line);
    }
  }

  async #whole(request: ApiRequest): Promise<{ readonly response: IncomingMessage; readonly bytes: Buffer }> {
    const limit = AbortSignal.timeout(this.#options.timeout);
    const signal = request.signal ? AbortSignal.any([limit, request.signal]) : limit;
    const response = await this.#open({ ...request, signal });
    const bytes = await this.#guard(readBytes(response), signal);
    const status = response.statusCode ?? 0;
    if (status < 200 || status > 299) throw this.#refusal(status, parseJson(bytes.toString("utf8")));
    return { response, bytes };
  }

  async #begun(request: ApiRequest): Promise<IncomingMessage> {
    const late = new AbortController();
    const reason = new DOMException("the answer does not begin", "TimeoutError");
    const timer = setTimeout(() => late.abort(reason), this.#options.timeout);
    const signal = request.signal ? AbortSignal.any([request.signal, late.signal]) : late.signal;
    try {
      return await this.#open({ ...request, signal });
    } finally {
      clearTimeout(timer);
    }
  }

  #open(request: ApiRequest): Promise<IncomingMessage> {
    const { server, authorization } = this.connection;
    const body = request.body === undefined ? undefined : JSON.stringify(request.body);
    const query = new URLSearchParams(request.query ?? {}).toString();
    const answer = new Promise<IncomingMessage>((resolve, reject) => {
      const sent = this.#send(
        `${server}${request.path}${query ? `?${query}` : ""}`,
        {
          method: request.method ?? "GET",
          agent: this.#agent,
          lookup: lookupHost,
          ...(request.signal ? { signal: request.signal } : {}),
          headers: {
            ...request.headers,
            accept: request.accept ?? "application/json",
            "user-agent": this.#options.userAgent,
            ...(authorization ? { authorization } : {}),
            ...(body === undefined
              ? {}
              : {
                  "content-type": request.contentType ?? "application/json",
                  "content-length": Buffer.byteLength(body),
                }),
          },
        },
        resolve,
      );
      sent.on("error", reject);
      sent.end(body);
    });
    return this.#guard(answer, request.signal);
  }

  #refusal(status: number, body: unknown): CommandError {
    return status === 401 ? unauthorized(this.connection) : new StatusError(status, body);
  }

  async #guard<Result>(promise: Promise<Result>, signal: AbortSignal | undefined): Promise<Result> {
    try {
      return await promise;
    } catch (error) {
      throw unreachable(this.connection, signal?.aborted ? signal.reason : error);
    }
  }

  [Symbol.dispose](): void {
    this.#agent.destroy();
  }
}

function tlsOptions({ ca, certificate, key, serverName, verify }: ConnectionTls) {
  return {
    rejectUnauthorized: verify,
    // Without a CA of its own, a kubeconfig means those of the system; Node looks only at its own list.
    ca: ca ?? [...getCACertificates("default"), ...getCACertificates("system")],
    ...(certificate === undefined ? {} : { cert: certificate }),
    ...(key === undefined ? {} : { key }),
    ...(serverName === undefined ? {} : { servername: serverName }),
  };
}

/** Undefined where the answer is no JSON: then some other server answers, and its text says nothing to us. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** `299 - "unknown field \"spec.x\""` → `unknown field "spec.x"` (RFC 7234 §5.5). */
function warningsOf(response: IncomingMessage): readonly string[] {
  const values = response.headersDistinct["warning"] ?? [];
  return values.flatMap((value) =>
    [...value.matchAll(/\d{3} \S+ "((?:[^"\\]|\\.)*)"/g)].map(([, text = ""]) =>
      text.replace(/\\(.)/g, "$1"),
    ),
  );
}
