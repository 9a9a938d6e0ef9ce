import { connect, createSecureContext, type TLSSocket } from "node:tls";
import { readIdentities } from "./identities.ts";

/**
 * Applies load with a client certificate, which wrk cannot: `requests` over connections that stand, or one
 * of `handshakes` or `visits` (a handshake and one request) after the other on each. Prints how many there were,
 * as JSON.
 */
const [kind = "", directory = ".", port = "", connections = "", seconds = ""] = process.argv.slice(2);
const { client, serverAuthority } = readIdentities(directory);
const secureContext = createSecureContext({ ...client, ca: serverAuthority });
const REQUEST = Buffer.from(
  "GET /shop/v1/events HTTP/1.1\r\nHost: gateway.localhost\r\nAccept: application/json\r\nUser-Agent: bench\r\n\r\n",
);
const END = "}";
const ACCEPTED = Buffer.from("HTTP/1.1 200 ");

const counts = { done: 0, failed: 0 };
const end = performance.now() + Number(seconds) * 1000;
const isOver = (): boolean => performance.now() >= end;

function open(): TLSSocket {
  return connect({ port: Number(port), host: "127.0.0.1", servername: "gateway.localhost", secureContext });
}

/** One request after the other, until the time is over. */
function requests(finish: () => void): void {
  const socket = open();
  socket.setNoDelay(true);
  socket.on("secureConnect", () => socket.write(REQUEST));
  socket.on("data", (chunk: Buffer) => {
    // The answers are small and end with this character: nothing else of them needs to be read.
    if (chunk.at(-1) !== END.charCodeAt(0)) return;
    if (chunk.includes(ACCEPTED)) counts.done++;
    else counts.failed++;
    if (isOver()) socket.destroy();
    else socket.write(REQUEST);
  });
  socket.on("error", () => counts.failed++).on("close", finish);
}

/** One full handshake after the other; the server has finished its part once it sends session tickets. */
function handshakes(finish: () => void): void {
  const socket = open();
  socket.once("session", () => {
    counts.done++;
    socket.destroy();
  });
  socket.on("error", () => counts.failed++);
  socket.on("close", () => (isOver() ? finish() : handshakes(finish)));
}

/** Connections that carry a single request, one after the other. */
function visits(finish: () => void): void {
  const socket = open();
  socket.setNoDelay(true);
  socket.on("secureConnect", () => socket.write(REQUEST));
  socket.on("data", (chunk: Buffer) => {
    if (chunk.at(-1) !== END.charCodeAt(0)) return;
    if (chunk.includes(ACCEPTED)) counts.done++;
    else counts.failed++;
    socket.destroy();
  });
  socket.on("error", () => counts.failed++);
  socket.on("close", () => (isOver() ? finish() : visits(finish)));
}

const LOADS = { requests, handshakes, visits };
const begin = performance.now();
await Promise.all(
  Array.from({ length: Number(connections) }, () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    LOADS[kind as keyof typeof LOADS](resolve);
    return promise;
  }),
);
console.log(JSON.stringify({ ...counts, seconds: (performance.now() - begin) / 1000 }));
