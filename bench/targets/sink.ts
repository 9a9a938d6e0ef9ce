import { createServer, type Socket } from "node:net";
import type { AddressInfo } from "node:net";

/**
 * A target that reads every request body to its end before it answers, without looking at it: node:net
 * alone, because node:http would cost more than the proxies under test. A WebSocket is opened and then left alone.
 * Prints its port; runs until killed.
 */
const ANSWER = Buffer.from(
  'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 17\r\n\r\n{"received":true}',
  "latin1",
);

/** To the key of the benchmark, which is that of RFC 6455 §1.3. */
const SWITCH = Buffer.from(
  "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n" +
    "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n",
  "latin1",
);

interface Framing {
  head: Buffer;
  /** Bytes of the body still to come; "chunked" waits for the last chunk, "switched" for nothing any more. */
  rest: number | "chunked" | "switched" | undefined;
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
      if (framing.rest === "switched") socket.write(SWITCH);
      if (framing.rest === undefined) return;
    }
    if (framing.rest === "switched") return;
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
  framing.rest = restOf(head);
  // A request without body is answered now, although no chunk is left to walk over.
  return behind;
}

function restOf(head: string): Framing["rest"] {
  if (/\r\nupgrade: *websocket/i.test(head)) return "switched";
  if (/\r\ntransfer-encoding:/i.test(head)) return "chunked";
  return Number(/\r\ncontent-length: *(\d+)/i.exec(head)?.[1] ?? 0);
}

function takeBody(framing: Framing, chunk: Buffer): Buffer {
  if (framing.rest === "chunked") {
    // The benchmark's bodies never hold this sequence, so the frames need not be read.
    framing.tail = (framing.tail + chunk.toString("latin1", Math.max(0, chunk.length - 7))).slice(-7);
    if (framing.tail.endsWith("0\r\n\r\n")) framing.rest = 0;
    return chunk.subarray(chunk.length);
  }
  const rest = Number(framing.rest ?? 0);
  const taken = Math.min(rest, chunk.length);
  framing.rest = rest - taken;
  return chunk.subarray(taken);
}

server.listen(0, "127.0.0.1", 4096, () => {
  console.log((server.address() as AddressInfo).port);
});

// The parent holds the other end: when it goes, however it goes, so does this process.
process.stdin.resume();
process.stdin.on("end", () => process.exit());
