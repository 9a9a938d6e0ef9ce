import assert from "node:assert/strict";
import { Writable } from "node:stream";
import { test } from "node:test";
import { setImmediate as turnEnds } from "node:timers/promises";
import { holdUntilTurnEnds } from "../../../src/http/held-writes.ts";

function recorder() {
  const written: string[] = [];
  const socket = new Writable({
    decodeStrings: false,
    write(chunk: string, _encoding, done) {
      written.push(chunk);
      done();
    },
  });
  return { socket, written };
}

test("held writes - leave when the turn ends, in their order", async () => {
  const first = recorder();
  const second = recorder();
  for (const { socket } of [first, second]) holdUntilTurnEnds(socket);
  first.socket.write("a");
  second.socket.write("b");
  first.socket.write("c");
  await Promise.resolve();
  assert.deepEqual([first.written, second.written], [[], []]);
  await turnEnds();
  assert.deepEqual([first.written, second.written], [["a", "c"], ["b"]]);
});

test("held writes - a socket held twice in a turn writes all of it, and at once in the next turn", async () => {
  const { socket, written } = recorder();
  holdUntilTurnEnds(socket);
  socket.write("a");
  holdUntilTurnEnds(socket);
  socket.write("b");
  await turnEnds();
  assert.deepEqual(written, ["a", "b"]);
  socket.write("c");
  assert.deepEqual(written, ["a", "b", "c"]);
});

test("held writes - a socket that is ended loses nothing", async () => {
  const { socket, written } = recorder();
  holdUntilTurnEnds(socket);
  socket.end("last");
  await turnEnds();
  assert.deepEqual(written, ["last"]);
});

test("held writes - a socket that is destroyed meanwhile writes nothing and fails nobody else", async () => {
  const gone = recorder();
  const other = recorder();
  for (const { socket } of [gone, other]) {
    holdUntilTurnEnds(socket);
    socket.write("a");
  }
  gone.socket.destroy();
  await turnEnds();
  assert.deepEqual([gone.written, other.written], [[], ["a"]]);
});
