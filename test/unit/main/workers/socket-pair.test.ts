import { equal } from "node:assert/strict";
import { on, once } from "node:events";
import { connect, createServer, type AddressInfo, type Socket } from "node:net";
import { test } from "node:test";
import { openSocketPair, otherEnd } from "../../../../src/main/workers/socket-pair.ts";

test("socket pair - what is written to the given end is read into one memory until that end closes", async () => {
  const buffer = Buffer.alloc(1000);
  let read = "";
  const callback = (length: number) => {
    read += buffer.toString("latin1", 0, length);
    return true;
  };
  const { kept, given } = await openSocketPair({ buffer, callback });
  const sent = "0123456789".repeat(1000);
  given.end(sent);
  await once(kept, "close");
  equal(read, sent);
});

test("socket pair - a stranger who connects first gets nothing and is sent away", async () => {
  using server = closed(createServer({ pauseOnConnect: true }).listen(0, "127.0.0.1"));
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const arrivals = on(server, "connection") as AsyncIterable<[Socket]>;
  const stranger = connect({ port, host: "127.0.0.1" });
  await once(stranger, "connect");
  const kept = connect({ port, host: "127.0.0.1" });
  await once(kept, "connect");
  const given = await otherEnd(kept, arrivals);
  given.end("lines");
  const [chunk] = (await once(kept, "data")) as [Buffer];
  equal(chunk.toString(), "lines");
  stranger.resume();
  await once(stranger, "close");
});

function closed<T extends { close(): unknown }>(server: T): T & Disposable {
  return Object.assign(server, { [Symbol.dispose]: () => void server.close() });
}
