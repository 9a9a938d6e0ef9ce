import assert from "node:assert/strict";
import { test } from "node:test";
import {
  handshakeRefused,
  ingressConnections,
  ingressRequestFinished,
  type IngressRequest,
} from "../../../src/telemetry/channels.ts";
import { IngressMetrics } from "../../../src/telemetry/ingress-metrics.ts";
import { parseMetrics } from "../../doubles/parse-metrics.ts";

const request: IngressRequest = {
  listener: "gateway",
  method: "GET",
  path: "/shop/v1/events",
  status: 200,
  failure: undefined,
  client: "shop",
  certificate: "00",
  peer: "192.0.2.1",
  milliseconds: 1,
};

test("ingress metrics - requests, refusals, refused handshakes and open connections are counted", () => {
  using metrics = new IngressMetrics();
  ingressRequestFinished.publish(request);
  ingressRequestFinished.publish(request);
  ingressRequestFinished.publish({ ...request, status: 403, failure: "INGRESS_CERTIFICATE_REVOKED" });
  handshakeRefused.publish({
    listener: "gateway",
    reason: "certificate-expired",
    detail: undefined,
    peer: undefined,
  });
  ingressConnections.publish({ listener: "pairing", delta: 1 });
  ingressConnections.publish({ listener: "pairing", delta: 1 });
  ingressConnections.publish({ listener: "pairing", delta: -1 });
  const families = parseMetrics([...metrics.text()].join(""));
  const samples = (name: string) =>
    families.get(`appconn_ingress_${name}`)?.samples.map(({ labels, value }) => [{ ...labels }, value]);
  assert.deepEqual(samples("requests_total"), [
    [{ listener: "gateway", code: "200" }, 2],
    [{ listener: "gateway", code: "403" }, 1],
  ]);
  assert.deepEqual(samples("refusals_total"), [
    [{ listener: "gateway", failure: "INGRESS_CERTIFICATE_REVOKED" }, 1],
  ]);
  assert.deepEqual(samples("handshakes_refused_total"), [
    [{ listener: "gateway", reason: "certificate-expired" }, 1],
  ]);
  assert.deepEqual(samples("connections"), [[{ listener: "pairing" }, 1]]);
});

test("ingress metrics - a process without an ingress has none, and nothing is heard after the end", () => {
  const metrics = new IngressMetrics();
  assert.equal([...metrics.text()].join(""), "");
  metrics[Symbol.dispose]();
  ingressRequestFinished.publish(request);
  assert.equal([...metrics.text()].join(""), "");
  assert.equal(ingressRequestFinished.hasSubscribers, false);
});
