import type { Socket } from "node:net";
import { AnswerParser } from "./answer-parser.ts";
import { Http1Error } from "./failures.ts";

export interface TunnelTarget {
  readonly hostname: string;
  readonly port: number;
  /** Value of Proxy-Authorization. */
  readonly credentials: string | undefined;
  /** Milliseconds. */
  readonly timeout: number;
}

/** Asks a proxy for a tunnel (RFC 9110 §9.3.6). Resolves when the socket carries the target's bytes. */
export async function tunnel(socket: Socket, target: TunnelTarget): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const host = target.hostname.includes(":") ? `[${target.hostname}]` : target.hostname;
  const authority = `${host}:${target.port}`;
  const authorization = target.credentials ? `Proxy-Authorization: ${target.credentials}\r\n` : "";
  const refused = (detail: string) => reject(new Http1Error("PROXY_REFUSED", detail));
  // As for HEAD: a successful answer to CONNECT has no body, whatever its headers say.
  const parser = new AnswerParser(
    {
      informed: () => {},
      started: ({ status }) =>
        status >= 200 && status < 300 ? resolve() : refused(`the proxy answered ${status}`),
      data: () => {},
      ended: () => {},
    },
    true,
  );
  const take = (bytes: Buffer) => {
    try {
      if (parser.take(bytes)) refused("the proxy said more than its answer");
    } catch (error) {
      reject(error as Error);
    }
  };
  const closed = () => refused("the proxy closed the connection");
  const timer = setTimeout(
    () => reject(new Http1Error("CONNECT_TIMEOUT", "the proxy did not answer")),
    target.timeout,
  );
  socket.on("data", take).on("error", reject).on("close", closed);
  socket.write(`CONNECT ${authority} HTTP/1.1\r\nHost: ${authority}\r\n${authorization}\r\n`, "latin1");
  try {
    await promise;
  } catch (error) {
    socket.destroy();
    throw error;
  } finally {
    clearTimeout(timer);
    socket.pause();
    socket.off("data", take).off("error", reject).off("close", closed);
  }
}

/** Value of Proxy-Authorization for a proxy URL with user information. */
export function proxyCredentials(proxy: string): string | undefined {
  const { username, password } = new URL(proxy);
  if (username === "") return undefined;
  const pair = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return `Basic ${Buffer.from(pair).toString("base64")}`;
}
