import type { Socket } from "node:net";
import { framingOf, MessageReader, type MessageHead } from "./http-message.ts";

/** A request exactly as it came over the wire. */
export interface RawRequest {
  /** Head and body, one character per byte. */
  readonly raw: string;
  readonly method: string;
  /** Path and query. */
  readonly target: string;
  readonly head: MessageHead;
  readonly body: Buffer;
}

/** Gives every request of a connection once it is whole. */
export function readRequests(socket: Socket, received: (request: RawRequest) => void): void {
  let head: MessageHead | undefined;
  let chunks: Buffer[] = [];
  const reader = new MessageReader({
    head(started) {
      head = started;
      chunks = [];
      return framingOf(started, { bytes: 0 });
    },
    body: (chunk) => chunks.push(Buffer.from(chunk)),
    end() {
      if (!head) return;
      const [method = "", target = ""] = head.startLine.split(" ");
      const body = Buffer.concat(chunks);
      received({ raw: head.raw + body.toString("latin1"), method, target, head, body });
    },
  });
  socket.on("data", (chunk: Buffer) => reader.feed(chunk));
}
