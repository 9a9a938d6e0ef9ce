import type { RequestHandler } from "../../http/request-handler.ts";

export type Request = Parameters<RequestHandler>[0];
export type Response = Parameters<RequestHandler>[1];

const JSON_TYPE = "application/json";
const ERROR_TYPE = "application/json;charset=UTF-8";

/** A JSON value with the line feed that every answer of the original ends with. */
export function answerJson(response: Response, status: number, value: unknown): void {
  answerText(response, status, { type: JSON_TYPE, body: `${JSON.stringify(value)}\n` });
}

/** The error form of gateway spec §15. */
export function answerError(response: Response, code: number, error: string): void {
  answerText(response, code, { type: ERROR_TYPE, body: `${JSON.stringify({ code, error })}\n` });
}

export function answerEmpty(response: Response): void {
  response.writeHead(200, { "Content-Length": 0 }).end();
}

function answerText(response: Response, status: number, content: { type: string; body: string }): void {
  const length = Buffer.byteLength(content.body);
  response.writeHead(status, { "Content-Type": content.type, "Content-Length": length }).end(content.body);
}

/** Writes pieces as fast as the caller takes them; stops when it goes away. */
export async function answerPieces(
  response: Response,
  type: string,
  pieces: AsyncIterable<string> | Iterable<string>,
): Promise<void> {
  response.writeHead(200, { "Content-Type": type });
  for await (const piece of pieces) {
    if (response.destroyed) return;
    if (!response.write(piece)) await drained(response);
  }
  response.end();
}

async function drained(response: Response): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  response.once("drain", resolve).once("close", resolve);
  await promise;
  response.off("drain", resolve).off("close", resolve);
}

/** The body as text; undefined when it is longer than `limit` bytes. Rejects when the caller goes away. */
export async function bodyText(request: Request, limit: number): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let length = 0;
  // Without destroyOnReturn a body that is too long would cost the connection and with it the answer.
  for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > limit) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}
