import assert from "node:assert/strict";
import { once } from "node:events";
import type { ServerResponse } from "node:http";
import { test, type TestContext } from "node:test";
import { endWhenSent, type SendingPatience } from "../../../src/http/end-when-sent.ts";
import { beginSending } from "../../doubles/unsent-body.ts";

const PATIENCE: SendingPatience = { pause: 1000, longest: 5000 };

function begin(context: TestContext, method = "POST") {
  return beginSending(
    context,
    (request, response) => {
      response.writeHead(413, { "Content-Length": 9 });
      if (method !== "HEAD") response.write("too large");
      endWhenSent(request, response, PATIENCE);
    },
    method,
  );
}

const isOpen = ({ writableEnded }: ServerResponse) => !writableEnded;

test("end when sent - a client that goes on sending is let finish, and its connection stays", async (context) => {
  const { socket, response, send, tick } = await begin(context);
  for (let byte = 0; byte < 2; byte++) {
    // oxlint-disable-next-line no-await-in-loop -- one pause after the other
    await send();
    tick(900);
  }
  assert.ok(isOpen(response));
  const ended = once(response, "finish");
  await send("a".repeat(98));
  await ended;
  socket.write("POST / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
  assert.match(String(await once(socket, "data")), /^HTTP\/1.1 413 /);
});

test("end when sent - a client that stops sending is waited for as long as it may pause", async (context) => {
  const { response, send, tick } = await begin(context);
  tick(900);
  await send();
  tick(999);
  assert.ok(isOpen(response));
  tick(1);
  assert.ok(!isOpen(response));
});

test("end when sent - a client that sends little by little is not waited for without end", async (context) => {
  const { response, send, tick } = await begin(context);
  for (let time = 0; time < 4500; time += 900) {
    // oxlint-disable-next-line no-await-in-loop -- one pause after the other
    await send();
    tick(900);
  }
  await send();
  assert.ok(isOpen(response));
  tick(500);
  assert.ok(!isOpen(response));
});

test("end when sent - a HEAD is answered before its body has come", async (context) => {
  const { head } = await begin(context, "HEAD");
  assert.match(head, /^HTTP\/1.1 413 /);
});
