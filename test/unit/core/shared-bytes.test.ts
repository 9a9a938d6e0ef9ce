import { test } from "node:test";
import { deepEqual, equal, notEqual } from "node:assert/strict";
import { once } from "node:events";
import { MessageChannel } from "node:worker_threads";
import { areShared, sharedBytes, sharedText } from "../../../src/core/threads/shared-bytes.ts";

test("shared bytes - are the same bytes, in memory of exactly their size, and shared already where they are", () => {
  const part = Buffer.from("0123456789").subarray(2, 5);
  const shared = sharedBytes(part);
  deepEqual(Buffer.from(shared), Buffer.from("234"));
  equal(shared.buffer.byteLength, 3);
  equal(sharedBytes(shared), shared);
  notEqual(sharedBytes(shared.subarray(1)).buffer, shared.buffer);
  deepEqual([areShared(part), areShared(shared)], [false, true]);
  deepEqual(Buffer.from(sharedText("ü\u{1f600}\ud800")), Buffer.from("ü\u{1f600}\ud800"));
});

test("shared bytes - a message takes them along without copying or emptying them", async () => {
  const { port1, port2 } = new MessageChannel();
  const shared = sharedText("hello");
  port1.postMessage(shared);
  const [received] = (await once(port2, "message")) as [Uint8Array];
  shared.set(Buffer.from("j"));
  equal(Buffer.from(received).toString(), "jello");
  port1.close();
});
