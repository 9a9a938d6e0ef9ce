import type { IncomingMessage, ServerResponse } from "node:http";

export interface WholeAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Pieces are not put together first, which would leave garbage of the size of the answer. */
  readonly body: string | Buffer | readonly (string | Uint8Array)[];
}

/** How long a client that is still sending may pause before its connection may be closed, in milliseconds. */
const PAUSE = 1000;

/** How long it may go on in all, in milliseconds: as long as nginx lingers. */
const LONGEST = 30_000;

/** Bytes that are handed over at once, and encrypted where they have to be. */
const PIECE = 256 * 1024;

/**
 * Sends an answer of known length. A client that is still sending a body gets it in full first: closing at once
 * would reset the connection and lose the answer on its way.
 */
export function sendWhole(
  request: IncomingMessage,
  response: ServerResponse,
  { status, headers, body }: WholeAnswer,
): void {
  const size = sizeOf(body);
  // RFC 9110 §8.6: the length of a 304 would be that of the whole, and a 204 has none.
  const length = status === 304 || status === 204 ? {} : { "Content-Length": size };
  response.writeHead(status, { ...headers, ...length });
  if (size > PIECE) return void sendPieces(response, body).then(() => finish(request, response));
  if (isWhole(body) && !isSending(request)) return void response.end(body);
  // Node writes what is written within one turn in one go.
  for (const piece of isWhole(body) ? [body] : body) {
    if (piece.length > 0) response.write(piece);
  }
  if (size === 0) response.flushHeaders();
  finish(request, response);
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

/** Ends an answer of which everything is written, when the client has sent its body. */
function finish(request: IncomingMessage, response: ServerResponse): void {
  if (!isSending(request)) return void response.end();
  const end = () => response.end();
  const timers = [setTimeout(end, PAUSE).unref(), setTimeout(end, LONGEST).unref()] as const;
  response.once("close", () => timers.forEach((timer) => clearTimeout(timer)));
  request.on("data", () => timers[0].refresh());
  request.once("end", end).once("error", end).resume();
}

function isSending({ complete, headers }: IncomingMessage): boolean {
  if (complete) return false;
  return headers["transfer-encoding"] !== undefined || Number(headers["content-length"] ?? 0) > 0;
}
