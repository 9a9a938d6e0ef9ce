import type { IncomingMessage, ServerResponse } from "node:http";
import { endWhenSent, type SendingPatience } from "./end-when-sent.ts";
import { isSending } from "./is-sending.ts";

export interface WholeAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Pieces are not put together first, which would leave garbage of the size of the answer. */
  readonly body: string | Buffer | readonly (string | Uint8Array)[];
}

/** As long as nginx lingers. */
const PATIENCE: SendingPatience = { pause: 1000, longest: 30_000 };

/** Bytes that are handed over at once, and encrypted where they have to be. */
const PIECE = 256 * 1024;

/** Sends an answer of known length. A client that is still sending a body gets it in full first. */
export function sendWhole(
  request: IncomingMessage,
  response: ServerResponse,
  { status, headers, body }: WholeAnswer,
): void {
  const size = sizeOf(body);
  // RFC 9110 §8.6: the length of a 304 would be that of the whole, and a 204 has none.
  const length = status === 304 || status === 204 ? {} : { "Content-Length": size };
  response.writeHead(status, { ...headers, ...length });
  if (size > PIECE)
    return void sendPieces(response, body).then(() => endWhenSent(request, response, PATIENCE));
  if (isWhole(body) && !isSending(request)) return void response.end(body);
  // Node writes what is written within one turn in one go.
  for (const piece of isWhole(body) ? [body] : body) {
    if (piece.length > 0) response.write(piece);
  }
  endWhenSent(request, response, PATIENCE);
}

function isWhole(body: WholeAnswer["body"]): body is string | Buffer {
  return typeof body === "string" || Buffer.isBuffer(body);
}

function sizeOf(body: WholeAnswer["body"]): number {
  return isWhole(body)
    ? Buffer.byteLength(body)
    : body.reduce((size, piece) => size + Buffer.byteLength(piece), 0);
}

/** As fast as the client takes it, so that others have their turns. Resolves also when the client leaves. */
async function sendPieces(response: ServerResponse, body: WholeAnswer["body"]): Promise<void> {
  for (const piece of isWhole(body) ? [body] : body) {
    const bytes = typeof piece === "string" ? Buffer.from(piece) : piece;
    for (let start = 0; start < bytes.length; start += PIECE) {
      if (response.destroyed) return;
      // oxlint-disable-next-line no-await-in-loop -- piece by piece
      if (!response.write(bytes.subarray(start, start + PIECE))) await drained(response);
    }
  }
}

function drained(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const go = () => {
      response.off("drain", go).off("close", go);
      resolve();
    };
    response.on("drain", go).on("close", go);
  });
}
