import type { IncomingMessage } from "node:http";
import type { Clock } from "../core/clock.ts";
import { pacedConcat } from "../core/threads/paced-copy.ts";

export interface BodyLimits {
  /** Bytes. */
  readonly limit: number;
  /** Milliseconds until the whole of it must be there. */
  readonly patience: number;
  readonly clock: Clock;
}

export type ReadBody =
  | { readonly kind: "body"; readonly bytes: Buffer }
  | { readonly kind: "too-large" }
  /** It came too slowly, or its sender left. */
  | { readonly kind: "unfinished" };

/** Takes a whole body. What comes of a larger one afterwards is thrown away unseen. */
export async function readBody(request: IncomingMessage, limits: BodyLimits): Promise<ReadBody> {
  const announced = Number(request.headers["content-length"] ?? 0);
  if (announced > limits.limit) {
    request.resume();
    return { kind: "too-large" };
  }
  // Who left before this has said so already, to nobody.
  if (request.destroyed && !request.complete) return { kind: "unfinished" };
  const { promise, resolve } = Promise.withResolvers<ReadBody>();
  const pieces = new Pieces(announced);
  const take = (piece: Buffer) => {
    if (pieces.length + piece.length > limits.limit) resolve({ kind: "too-large" });
    else pieces.add(piece);
  };
  const leave = () => resolve({ kind: "unfinished" });
  const end = () => resolve(pieces.all().then((bytes) => ({ kind: "body", bytes })));
  request.on("data", take).once("end", end).once("error", leave).once("close", leave);
  using _patience = limits.clock.after(limits.patience, leave);
  try {
    return await promise;
  } finally {
    request.off("data", take).off("end", end).off("close", leave);
    // A broken connection may still say so, and nobody else listens.
    request.on("error", () => {}).resume();
  }
}

/** Bytes that are worth room of their own before they are there. */
const LARGE = 64 * 1024;

/** What has come of a body. Each piece of a large one is put in its place at once, for all of them take long. */
class Pieces {
  readonly #whole: Buffer | undefined;
  readonly #pieces: Buffer[] = [];
  #length = 0;

  /** Bytes that are to come, where that is known. */
  constructor(announced: number) {
    this.#whole = announced > LARGE ? Buffer.allocUnsafeSlow(announced) : undefined;
  }

  get length(): number {
    return this.#length;
  }

  add(piece: Buffer): void {
    if (this.#whole) piece.copy(this.#whole, this.#length);
    else this.#pieces.push(piece);
    this.#length += piece.length;
  }

  async all(): Promise<Buffer> {
    if (this.#whole) return this.#whole;
    if (this.#length <= LARGE) return Buffer.concat(this.#pieces);
    return Buffer.from((await pacedConcat(this.#pieces)).buffer);
  }
}
