import { once } from "node:events";
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo, Socket } from "node:net";
import { buffer } from "node:stream/consumers";
import type { KeyPair } from "./certificates.ts";

/** One request to the storage, before anything of its body was read. */
export interface StorageRequest {
  readonly method: string;
  /** Key of the object; empty for the bucket. */
  readonly key: string;
  readonly query: URLSearchParams;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

/** What a test does instead of a right answer; false: nothing, and the right answer is given. */
export type Mischief = (call: StorageRequest) => boolean | Promise<boolean>;

interface Kept {
  readonly content: Buffer;
  readonly time: Date;
}

/** A storage that speaks as much S3 as is asked of it, checks no signature, and does what a test tells it to. */
export class HostileStorage implements AsyncDisposable {
  readonly #objects = new Map<string, Kept>();
  readonly #sockets = new Set<Socket>();
  readonly #server;
  readonly #scheme: string;
  /** `METHOD key` of every request so far. */
  readonly calls: string[] = [];
  mischief: Mischief = () => false;
  /** Milliseconds that its clock is ahead of ours. */
  ahead = 0;
  pageSize = 1000;

  private constructor(certificate: KeyPair | undefined) {
    const listener: RequestListener = (request, response) => void this.#serve(request, response);
    this.#scheme = certificate ? "https" : "http";
    this.#server = certificate
      ? createTlsServer({ cert: certificate.crt, key: certificate.key }, listener)
      : createServer(listener);
  }

  /** Speaks TLS where there is a certificate. */
  static async start(certificate?: KeyPair): Promise<HostileStorage> {
    const storage = new HostileStorage(certificate);
    storage.#server.on("connection", (socket) => {
      storage.#sockets.add(socket);
      socket.once("close", () => storage.#sockets.delete(socket));
    });
    storage.#server.listen(0, "127.0.0.1");
    await once(storage.#server, "listening");
    return storage;
  }

  get endpoint(): string {
    return `${this.#scheme}://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Connections that are open now. */
  get connections(): number {
    return this.#sockets.size;
  }

  get keys(): readonly string[] {
    return [...this.#objects.keys()];
  }

  /** Keeps other bytes under a key. */
  replace(key: string, content: Buffer): void {
    this.#objects.set(key, { content, time: this.#now() });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
    await once(this.#server, "close");
  }

  #now(): Date {
    return new Date(Date.now() + this.ahead);
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname, searchParams: query } = new URL(request.url ?? "", this.endpoint);
    const [, , ...names] = pathname.split("/");
    const { method = "" } = request;
    const key = names.join("/");
    this.calls.push(`${method} ${key}`);
    response.setHeader("date", this.#now().toUTCString());
    const call: StorageRequest = { method, key, query, request, response };
    try {
      if (!(await this.mischief(call))) await this.#answer(call);
    } catch {
      // The client went away.
      response.destroy();
    }
  }

  async #answer(call: StorageRequest): Promise<void> {
    const { method, key, response } = call;
    if (method === "PUT") return this.#put(call);
    if (key === "") return this.#list(call);
    const kept = this.#objects.get(key);
    if (method === "DELETE") {
      this.#objects.delete(key);
      response.writeHead(204).end();
    } else if (!kept) {
      refuse(call, 404, "NoSuchKey");
    } else {
      response.setHeader("last-modified", kept.time.toUTCString());
      response.setHeader("content-length", kept.content.length);
      response.end(method === "HEAD" ? undefined : kept.content);
    }
  }

  async #put({ key, request, response }: StorageRequest): Promise<void> {
    const content = await buffer(request);
    if (content.length !== Number(request.headers["content-length"])) return;
    this.replace(key, content);
    response.setHeader("etag", '"not what anybody computes"').end();
  }

  #list({ method, query, response }: StorageRequest): void {
    if (method === "HEAD") return void response.end();
    const from = Number(query.get("continuation-token") ?? 0);
    const prefix = query.get("prefix") ?? "";
    const all = [...this.#objects].filter(([key]) => key.startsWith(prefix));
    const isLast = from + this.pageSize >= all.length;
    const contents = all
      .slice(from, from + this.pageSize)
      .map(
        ([key, { content, time }]) =>
          `<Contents><Key>${key}</Key><LastModified>${time.toISOString()}</LastModified><Size>${content.length}</Size></Contents>`,
      );
    const next = isLast ? "" : `<NextContinuationToken>${from + this.pageSize}</NextContinuationToken>`;
    response.end(
      `<?xml version="1.0"?><ListBucketResult><IsTruncated>${!isLast}</IsTruncated>${next}${contents.join("")}</ListBucketResult>`,
    );
  }
}

/** An error as S3 writes it; without a body for HEAD. True, for the end of a mischief. */
export function refuse({ method, response }: StorageRequest, status: number, code: string): true {
  const text = `<?xml version="1.0"?><Error><Code>${code}</Code><Message>geheim</Message></Error>`;
  response.writeHead(status, { "content-type": "application/xml" });
  response.end(method === "HEAD" ? undefined : text);
  return true;
}
