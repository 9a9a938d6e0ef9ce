import { createServer, type Socket } from "node:net";
import type { AddressInfo } from "node:net";

/**
 * A target that reads every request body to its end before it answers, without looking at it: node:net
 * alone, because node:http would cost more than the proxies under test. Prints its port; runs until killed.
 */
const ANSWER = Buffer.from(
  'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 17\r\n\r\n{"received":true}',
  "latin1",
);

interface Framing {
  head: Buffer;
  /** Bytes of the body still to come; "chunked" waits for the last chunk. */
  rest: number | "chunked" | undefined;
  tail: string;
}

const server = createServer({ noDelay: true }, (socket) => {
  const framing: Framing = { head: Buffer.alloc(0), rest: undefined, tail: "" };
  socket.on("data", (chunk: Buffer) => take(socket, framing, chunk));
  socket.on("error", () => socket.destroy());
});

function take(socket: Socket, framing: Framing, received: Buffer): void {
  let chunk = received;
  while (chunk.length > 0) {
    if (framing.rest === undefined) {
      chunk = takeHead(framing, chunk);
      if (framing.rest === undefined) return;
    }
    chunk = takeBody(framing, chunk);
    if (framing.rest !== 0) return;
    framing.rest = undefined;
    socket.write(ANSWER);
  }
}

/** Returns what stands behind the head; leaves `rest` undefined while the head is incomplete. */
function takeHead(framing: Framing, chunk: Buffer): Buffer {
  framing.head = framing.head.length === 0 ? chunk : Buffer.concat([framing.head, chunk]);
  const end = framing.head.indexOf("\r\n\r\n");
  if (end === -1) return chunk.subarray(chunk.length);
  const head = framing.head.toString("latin1", 0, end + 2);
  const behind = framing.head.subarray(end + 4);
  framing.head = Buffer.alloc(0);
  framing.tail = "";
  framing.rest = /\r\ntransfer-encoding:/i.test(head)
    ? "chunked"
    : Number(/\r\ncontent-length: *(\d+)/i.exec(head)?.[1] ?? 0);
  // A request without body is answered now, although no chunk is left to walk over.
  return behind;
}

function takeBody(framing: Framing, chunk: Buffer): Buffer {
  if (framing.rest === "chunked") {
    // The benchmark's bodies never hold this sequence, so the frames need not be read.
    framing.tail = (framing.tail + chunk.toString("latin1", Math.max(0, chunk.length - 7))).slice(-7);
    if (framing.tail.endsWith("0\r\n\r\n")) framing.rest = 0;
    return chunk.subarray(chunk.length);
  }
  const taken = Math.min(framing.rest ?? 0, chunk.length);
  framing.rest = (framing.rest ?? 0) - taken;
  return chunk.subarray(taken);
}

server.listen(0, "127.0.0.1", 4096, () => {
  console.log((server.address() as AddressInfo).port);
});

// The parent holds the other end: when it goes, however it goes, so does this process.
process.stdin.resume();
process.stdin.on("end", () => process.exit());
