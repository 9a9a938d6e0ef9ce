import { headerValue } from "../../src/http/flat-headers.ts";

/** Start line and headers of a message, exactly as they came. */
export class MessageHead {
  /** Up to and including the empty line, one character per byte. */
  readonly raw: string;
  readonly startLine: string;
  /** Name, value, name, value … */
  readonly headers: readonly string[];

  constructor(raw: string) {
    this.raw = raw;
    const [startLine = "", ...lines] = raw.split("\r\n").slice(0, -2);
    this.startLine = startLine;
    this.headers = lines.flatMap(splitHeader);
  }

  /** The first value of a header. */
  header(name: string): string | undefined {
    return headerValue(this.headers, name.toLowerCase());
  }

  /** All values of a header, in their order. */
  headerAll(name: string): string[] {
    return this.headers.filter(
      (_, index) => index % 2 === 1 && this.headers[index - 1]?.toLowerCase() === name.toLowerCase(),
    );
  }
}

function splitHeader(line: string): [string, string] {
  const colon = line.indexOf(":");
  return [line.slice(0, colon), line.slice(colon + 1).replace(/^[ \t]+|[ \t]+$/g, "")];
}

/** How the end of a body is found. */
export type Framing = { readonly bytes: number } | "chunked" | "until-close";

/** By the headers alone; `otherwise` where they do not say. */
export function framingOf(head: MessageHead, otherwise: Framing): Framing {
  if (/chunked/i.test(head.header("transfer-encoding") ?? "")) return "chunked";
  const length = head.header("content-length");
  return length === undefined ? otherwise : { bytes: Number(length) };
}

export interface MessageEvents {
  /** A head is complete; answers how its body is framed. */
  head(head: MessageHead): Framing;
  body(chunk: Buffer): void;
  end(trailers: readonly string[]): void;
}

type State = "head" | "body" | "chunk-size" | "chunk-data" | "chunk-end" | "trailers" | "until-close";

/** Cuts a stream of bytes into HTTP/1.1 messages, for both directions. Throws on malformed chunks. */
export class MessageReader {
  readonly #events: MessageEvents;
  #buffer: Buffer = Buffer.alloc(0);
  #state: State = "head";
  #rest = 0;
  #trailers: string[] = [];

  constructor(events: MessageEvents) {
    this.#events = events;
  }

  /** Bytes that have come and belong to no complete part yet. */
  get unread(): Buffer {
    return this.#buffer;
  }

  /** In the middle of a message. */
  get isInside(): boolean {
    return this.#state !== "head" || this.#buffer.length > 0;
  }

  feed(chunk: Buffer): void {
    this.#buffer = this.#buffer.length === 0 ? chunk : Buffer.concat([this.#buffer, chunk]);
    while (this.#step());
  }

  /** The stream has ended: that ends a body that lasts until then. */
  finish(): void {
    if (this.#state === "until-close") this.#end();
  }

  /** Answers whether anything was done. */
  #step(): boolean {
    switch (this.#state) {
      case "head":
        return this.#readHead();
      case "body":
        return this.#readBytes(() => this.#end());
      case "chunk-size":
        return this.#readChunkSize();
      case "chunk-data":
        return this.#readBytes(() => (this.#state = "chunk-end"));
      case "chunk-end":
        return this.#readChunkEnd();
      case "trailers":
        return this.#readTrailer();
      case "until-close":
        return this.#readAll();
    }
  }

  #readHead(): boolean {
    const end = this.#buffer.indexOf("\r\n\r\n");
    if (end === -1) return false;
    const head = new MessageHead(this.#take(end + 4).toString("latin1"));
    const framing = this.#events.head(head);
    if (framing === "chunked") this.#state = "chunk-size";
    else if (framing === "until-close") this.#state = "until-close";
    else if (framing.bytes === 0) this.#end();
    else {
      this.#rest = framing.bytes;
      this.#state = "body";
    }
    return true;
  }

  #readBytes(done: () => void): boolean {
    if (this.#buffer.length === 0) return false;
    const chunk = this.#take(Math.min(this.#rest, this.#buffer.length));
    this.#rest -= chunk.length;
    this.#events.body(chunk);
    if (this.#rest === 0) done();
    return true;
  }

  #readChunkSize(): boolean {
    const line = this.#readLine();
    if (line === undefined) return false;
    if (!/^[0-9a-f]+(;.*)?$/i.test(line)) throw new Error(`malformed chunk size ${JSON.stringify(line)}`);
    this.#rest = Number.parseInt(line, 16);
    this.#state = this.#rest === 0 ? "trailers" : "chunk-data";
    return true;
  }

  #readChunkEnd(): boolean {
    const line = this.#readLine();
    if (line === undefined) return false;
    if (line !== "") throw new Error("a chunk is longer than it says");
    this.#state = "chunk-size";
    return true;
  }

  #readTrailer(): boolean {
    const line = this.#readLine();
    if (line === undefined) return false;
    if (line === "") this.#end();
    else this.#trailers.push(...splitHeader(line));
    return true;
  }

  #readAll(): boolean {
    if (this.#buffer.length === 0) return false;
    this.#events.body(this.#take(this.#buffer.length));
    return true;
  }

  #readLine(): string | undefined {
    const end = this.#buffer.indexOf("\r\n");
    if (end === -1) return undefined;
    return this.#take(end + 2).toString("latin1", 0, end);
  }

  #take(bytes: number): Buffer {
    const taken = this.#buffer.subarray(0, bytes);
    this.#buffer = this.#buffer.subarray(bytes);
    return taken;
  }

  #end(): void {
    const trailers = this.#trailers;
    this.#trailers = [];
    this.#state = "head";
    this.#events.end(trailers);
  }
}
