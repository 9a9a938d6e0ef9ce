import { deepEqual, equal } from "node:assert/strict";
import { execFileSync } from "node:child_process";
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

/** Opens a pair with 0, 1, 2 and 3 descriptors left, and prints what came of it. */
const SCARCE = `
  import { closeSync, openSync } from "node:fs";
  const { openSocketPair } = await import(process.argv[1]);
  const outcomes = [];
  async function open() {
    const pair = await openSocketPair({ buffer: Buffer.alloc(1), callback: () => true });
    const closed = Object.values(pair).map((end) => new Promise((resolve) => end.once("close", resolve).destroy()));
    await Promise.all(closed);
  }
  // What the first one loads is not to be missed.
  await open();
  for (let left = 0; left <= 3; left++) {
    const others = [];
    try { for (;;) others.push(openSync("/dev/null")); } catch {}
    for (const one of others.splice(0, left)) closeSync(one);
    outcomes.push(await open().then(() => "opened", () => "refused"));
    for (const one of others) closeSync(one);
  }
  console.log(outcomes.join());
`;

test("socket pair - with too few descriptors left it is refused at each step, and never waited for", () => {
  const module = new URL("../../../../src/main/workers/socket-pair.ts", import.meta.url).href;
  const command = 'ulimit -n 64 && exec "$0" --input-type=module --eval "$1" "$2"';
  const output = execFileSync("sh", ["-c", command, process.execPath, SCARCE, module], {
    encoding: "utf8",
    timeout: 30_000,
  });
  deepEqual(output.trim().split(","), ["refused", "refused", "refused", "opened"]);
});

function closed<T extends { close(): unknown }>(server: T): T & Disposable {
  return Object.assign(server, { [Symbol.dispose]: () => void server.close() });
}
