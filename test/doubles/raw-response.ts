import type { MessageHead } from "./http-message.ts";

/** One answer as it came over the wire. */
export class RawResponse {
  readonly head: MessageHead;
  readonly status: number;
  readonly reason: string;
  /** Informational answers (1xx) that came before it. */
  readonly informational: readonly MessageHead[];
  /** Name, value, name, value …, once the body has ended. */
  trailers: readonly string[] = [];
  readonly #chunks: Buffer[] = [];
  readonly #body = Promise.withResolvers<Buffer>();

  constructor(head: MessageHead, informational: readonly MessageHead[]) {
    this.head = head;
    this.informational = informational;
    const [, status = "", ...reason] = head.startLine.split(" ");
    this.status = Number(status);
    this.reason = reason.join(" ");
    this.#body.promise.catch(() => {});
  }

  header(name: string): string | undefined {
    return this.head.header(name);
  }

  headerAll(name: string): string[] {
    return this.head.headerAll(name);
  }

  /** The whole body; rejects when the connection closes before its end. */
  get body(): Promise<Buffer> {
    return this.#body.promise;
  }

  /** What has come of the body so far. */
  get soFar(): Buffer {
    return Buffer.concat(this.#chunks);
  }

  get text(): string {
    return this.soFar.toString();
  }

  json(): unknown {
    return JSON.parse(this.text);
  }

  /** For the client. */
  took(chunk: Buffer): void {
    this.#chunks.push(chunk);
  }

  /** For the client. */
  complete(trailers: readonly string[]): void {
    this.trailers = trailers;
    this.#body.resolve(this.soFar);
  }

  /** For the client. */
  cutOff(reason: Error): void {
    this.#body.reject(reason);
  }
}
