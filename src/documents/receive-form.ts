import { Busboy, type BusboyFileStream, type BusboyInstance } from "@fastify/busboy";
import type { IncomingMessage } from "node:http";

export interface FormLimits {
  /** Bytes of one file. */
  readonly fileSize: number;
  /** Bytes of the whole request. */
  readonly requestSize: number;
}

export interface FormFile<Taken> {
  readonly field: string;
  /** Without directories. */
  readonly fileName: string;
  readonly taken: Taken;
}

export type ReceivedForm<Taken> =
  | {
      readonly kind: "form";
      readonly files: readonly FormFile<Taken>[];
      /** The last value of each. */
      readonly fields: ReadonlyMap<string, string>;
    }
  | { readonly kind: "file-too-large"; readonly fileName: string }
  | { readonly kind: "request-too-large" }
  | { readonly kind: "too-many-parts"; readonly limit: number }
  /** No form, or a broken one. */
  | { readonly kind: "unreadable"; readonly reason: string };

/** Consumes the content of a file and gives what becomes of it. */
export type TakeFile<Taken> = (content: AsyncIterable<Uint8Array>) => Promise<Taken>;

/** Files and fields together. */
const MOST_PARTS = 256;

const NOT_MULTIPART = "request Content-Type isn't multipart/form-data";

/** Reads multipart/form-data. Rejects only with what `take` rejects with. */
export async function receiveForm<Taken>(
  request: IncomingMessage,
  limits: FormLimits,
  take: TakeFile<Taken>,
): Promise<ReceivedForm<Taken>> {
  const type = request.headers["content-type"];
  if (type === undefined || !/^multipart\/form-data\s*(?:;|$)/i.test(type)) {
    return { kind: "unreadable", reason: NOT_MULTIPART };
  }
  if (Number(request.headers["content-length"] ?? 0) > limits.requestSize)
    return { kind: "request-too-large" };
  let parser: BusboyInstance;
  try {
    parser = newParser(request, type, limits);
  } catch {
    return { kind: "unreadable", reason: "no multipart boundary param in Content-Type" };
  }
  return await new FormReading(request, parser, { limits, take }).read();
}

function newParser(request: IncomingMessage, type: string, { fileSize }: FormLimits): BusboyInstance {
  return new Busboy({
    headers: { ...request.headers, "content-type": type },
    // As the original's library: what has a file name is a file, whatever its media type.
    isPartAFile: (_field, _type, fileName) => fileName !== undefined && fileName !== "",
    limits: {
      fileSize,
      parts: MOST_PARTS,
      fieldSize: 65_536,
      headerPairs: 32,
      headerSize: 16_384,
    },
  });
}

interface Terms<Taken> {
  readonly limits: FormLimits;
  readonly take: TakeFile<Taken>;
}

/** The files of a form come one after the other, and its fields may come after them. */
class FormReading<Taken> {
  readonly #request: IncomingMessage;
  readonly #parser: BusboyInstance;
  readonly #terms: Terms<Taken>;
  readonly #fields = new Map<string, string>();
  readonly #files: Promise<FormFile<Taken> | undefined>[] = [];
  readonly #outcome = Promise.withResolvers<ReceivedForm<Taken> | undefined>();
  readonly #open = new Set<BusboyFileStream>();
  #size = 0;
  #isStopped = false;

  constructor(request: IncomingMessage, parser: BusboyInstance, terms: Terms<Taken>) {
    this.#request = request;
    this.#parser = parser;
    this.#terms = terms;
  }

  async read(): Promise<ReceivedForm<Taken>> {
    const stop = (reason: string) => this.#stop({ kind: "unreadable", reason });
    this.#parser
      .on("file", (field, stream, fileName) => this.#receive(field, stream, fileName))
      .on("field", (field, value) => this.#fields.set(field, value))
      .on("partsLimit", () => this.#stop({ kind: "too-many-parts", limit: MOST_PARTS }))
      .on("error", () => stop("unexpected EOF"))
      .on("finish", () => this.#outcome.resolve(undefined));
    // A request that is complete closes too.
    const left = () => {
      if (!this.#request.complete) stop("the client left");
    };
    this.#request.on("data", this.#count).once("error", left).once("close", left).pipe(this.#parser);
    const stopped = await this.#outcome.promise;
    this.#request.off("error", left).off("close", left).off("data", this.#count);
    const files = await Promise.allSettled(this.#files);
    if (stopped) return stopped;
    for (const file of files) if (file.status === "rejected") throw file.reason;
    const received = files.flatMap((file) => (file.status === "fulfilled" && file.value ? [file.value] : []));
    return { kind: "form", files: received, fields: this.#fields };
  }

  readonly #count = (piece: Buffer): void => {
    this.#size += piece.length;
    if (this.#size > this.#terms.limits.requestSize) this.#stop({ kind: "request-too-large" });
  };

  #receive(field: string, stream: BusboyFileStream, fileName: string): void {
    this.#open.add(stream);
    // Whoever reads the stream is told too; without a listener the process would end.
    stream.on("error", () => {});
    stream.once("limit", () => this.#stop({ kind: "file-too-large", fileName }));
    stream.once("end", () => this.#open.delete(stream));
    this.#files.push(this.#take(field, stream, fileName));
  }

  async #take(
    field: string,
    stream: BusboyFileStream,
    fileName: string,
  ): Promise<FormFile<Taken> | undefined> {
    try {
      // Who reads no further must not destroy it: the form would never come to its end.
      const content = stream.iterator({ destroyOnReturn: false }) as AsyncIterable<Uint8Array>;
      const taken = await this.#terms.take(content);
      return { field, fileName, taken };
    } catch (error) {
      // What was cut off because the whole form is refused is no failure of its own.
      if (this.#isStopped) return undefined;
      throw error;
    } finally {
      // The rest of a file that nobody wants must not hold up those behind it.
      stream.resume();
    }
  }

  #stop(outcome: ReceivedForm<Taken>): void {
    if (this.#isStopped) return;
    this.#isStopped = true;
    this.#request.unpipe(this.#parser);
    this.#request.on("error", () => {}).resume();
    this.#outcome.resolve(outcome);
    for (const stream of this.#open) stream.destroy(new Error("the form is not read on"));
    this.#parser.on("error", () => {}).destroy();
  }
}
