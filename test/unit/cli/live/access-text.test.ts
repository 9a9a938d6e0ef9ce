import assert from "node:assert/strict";
import { test } from "node:test";
import { accessText } from "../../../../src/cli/live/access-text.ts";
import { accessLine } from "../../../../src/telemetry/access-line.ts";
import { ingressAccessLine } from "../../../../src/telemetry/ingress-access-line.ts";
import { tunnelLine } from "../../../../src/telemetry/tunnel-line.ts";
import { anEndedTunnel } from "../../../doubles/ended-tunnel.ts";
import { aFinishedCall } from "../../../doubles/finished-call.ts";

const NOON = new Date(2026, 10, 22, 12, 0, 0, 7).getTime();
const marked = (style: string, text: string) => `<${style}>${text}</>`;
const shown = (line: string) => accessText(JSON.parse(line), marked);

test("logs - a call is one line for people, coloured by how it was answered", () => {
  assert.equal(
    shown(accessLine(aFinishedCall(), NOON)),
    "<dim>12:00:00.007</> <green>200</> GET /shop/orders-api/orders/42  12.3 ms (target 9.9 ms)  shop/orders-api/rest-v1",
  );
  const failed = aFinishedCall({ status: 503, attempts: 3, reason: "target gone", failure: "GATEWAY_X" });
  assert.match(
    shown(accessLine(failed, NOON)),
    /<red>503<\/> .* \(target 9\.9 ms\) 3 attempts {2}shop\/orders-api\/rest-v1 {2}target gone$/,
  );
  const refused = aFinishedCall({
    status: 429,
    attempts: 0,
    application: undefined,
    service: undefined,
    entry: undefined,
  });
  assert.match(
    shown(accessLine(refused, NOON)),
    /<yellow>429<\/> GET \/shop\/orders-api\/orders\/42 {2}12\.3 ms$/,
  );
  const misspelt = aFinishedCall({ status: 404, attempts: 0, service: "", entry: "" });
  assert.match(shown(accessLine(misspelt, NOON)), / {2}12\.3 ms {2}shop$/);
});

test("logs - the end of a tunnel and a visit at the ingress have lines of their own", () => {
  assert.match(
    shown(tunnelLine(anEndedTunnel({ bytesToTarget: 5, bytesToCaller: 7, milliseconds: 61_234 }), NOON)),
    /^<dim>12:00:00\.007<\/> END websocket \/\S+ {2}61\.2 s {2}5 B out, 7 B in {2}ended: caller {2}shop\//,
  );
  const visit = {
    listener: "gateway",
    method: "GET",
    path: "/shop/v1/events?token=hidden",
    status: 404,
    failure: "INGRESS_UNKNOWN_PATH",
    client: "shop",
    certificate: undefined,
    peer: undefined,
    milliseconds: 1,
  } as const;
  assert.equal(
    shown(ingressAccessLine(visit, NOON)),
    "<dim>12:00:00.007</> <yellow>404</> GET /shop/v1/events  1.0 ms  shop  INGRESS_UNKNOWN_PATH",
  );
});

test("logs - whatever a caller wrote, and whatever a server sends, is one line that moves no cursor", () => {
  const hostile = accessLine(aFinishedCall({ path: "/a\u001B[2J\nb", method: "G\rT" }), NOON);
  const text = shown(hostile);
  // oxlint-disable-next-line no-control-regex -- these are what is looked for
  assert.doesNotMatch(text, /[\u0000-\u001f]/);
  assert.match(text, /G T \/a \[2J b/);
  assert.equal(accessText({ time: "no time" }, marked), "<dim>no time</> --- -   0.0 ms");
});
