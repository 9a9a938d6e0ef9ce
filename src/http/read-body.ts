import type { IncomingMessage } from "node:http";
import type { Clock } from "../core/clock.ts";

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
  if (Number(request.headers["content-length"] ?? 0) > limits.limit) {
    request.resume();
    return { kind: "too-large" };
  }
  // Who left before this has said so already, to nobody.
  if (request.destroyed && !request.complete) return { kind: "unfinished" };
  const { promise, resolve } = Promise.withResolvers<ReadBody>();
  const pieces: Buffer[] = [];
  let length = 0;
  const take = (piece: Buffer) => {
    length += piece.length;
    if (length > limits.limit) resolve({ kind: "too-large" });
    else pieces.push(piece);
  };
  const leave = () => resolve({ kind: "unfinished" });
  const end = () => resolve({ kind: "body", bytes: Buffer.concat(pieces) });
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
