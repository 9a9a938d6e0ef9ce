import assert from "node:assert/strict";
import { once } from "node:events";
import { test } from "node:test";
import { refusal } from "../../../src/ingress/failures.ts";
import { refuse } from "../../../src/ingress/refuse.ts";
import { beginSending } from "../../doubles/unsent-body.ts";

test("ingress refusal - whoever goes on sending after it has a second in all, and gets the answer first", async (context) => {
  const refused = refusal("INGRESS_BODY_TOO_LARGE", 10);
  const sent = await beginSending(context, (request, response) => refuse(request, response, refused));
  assert.match(
    sent.head,
    /^HTTP\/1.1 413 [^]*connection: close\r\n[^]*Request body is larger than 10 bytes/i,
  );
  await sent.send();
  sent.tick(900);
  await sent.send();
  sent.tick(99);
  assert.ok(!sent.response.writableEnded);
  const closed = once(sent.socket, "close");
  sent.tick(1);
  assert.ok(sent.response.writableEnded);
  await closed;
});
