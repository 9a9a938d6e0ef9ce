import type { Socket } from "node:net";
import { AnswerParser } from "./answer-parser.ts";
import { TransportError } from "../transport-error.ts";

export interface TunnelTarget {
  /** IPv6 addresses without brackets. */
  readonly hostname: string;
  readonly port: number;
  /** Value of Proxy-Authorization. */
  readonly authorization: string | undefined;
  readonly signal: AbortSignal;
}

/** Asks a proxy for a tunnel (RFC 9110 §9.3.6). Resolves when the socket carries the target's bytes. */
export async function tunnel(socket: Socket, target: TunnelTarget): Promise<void> {
  const { signal } = target;
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const take = answerReader(resolve, reject);
  const closed = () => reject(refused("the proxy closed the connection"));
  const aborted = () => reject(signal.reason as Error);
  socket.on("data", take).on("error", reject).on("close", closed);
  signal.addEventListener("abort", aborted);
  socket.write(connectRequest(target), "latin1");
  try {
    await promise;
  } catch (error) {
    socket.destroy();
    throw error;
  } finally {
    signal.removeEventListener("abort", aborted);
    socket.pause();
    socket.off("data", take).off("error", reject).off("close", closed);
  }
}

function connectRequest({ hostname, port, authorization }: TunnelTarget): string {
  const authority = `${hostname.includes(":") ? `[${hostname}]` : hostname}:${port}`;
  const credentials = authorization === undefined ? "" : `Proxy-Authorization: ${authorization}\r\n`;
  return `CONNECT ${authority} HTTP/1.1\r\nHost: ${authority}\r\n${credentials}\r\n`;
}

function answerReader(resolve: () => void, reject: (error: Error) => void): (bytes: Buffer) => void {
  let status = 0;
  // As for HEAD: a successful answer to CONNECT has no body, whatever its headers say.
  const parser = new AnswerParser(
    {
      informed: () => {},
      started: (head) => (status = head.status),
      switched: () => {},
      data: () => {},
      ended: () => {},
    },
    true,
  );
  return (bytes) => {
    try {
      const saysMore = parser.take(bytes);
      if (status === 0) return;
      if (status >= 300) reject(refused(`the proxy answered ${status}`));
      // The target does not speak first, so these bytes are the proxy's own.
      else if (saysMore) reject(refused("the proxy said more than its answer"));
      else resolve();
    } catch (error) {
      reject(error as Error);
    }
  };
}

function refused(detail: string): TransportError {
  return new TransportError("PROXY_REFUSED", detail);
}
