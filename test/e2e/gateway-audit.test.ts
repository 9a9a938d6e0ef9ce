import { deepEqual, equal } from "node:assert/strict";
import { test } from "node:test";
import { callAuditLine } from "../../src/telemetry/audit-line.ts";
import { shop } from "../doubles/applications.ts";
import { eventually } from "../doubles/eventually.ts";
import { startGateway, type Call } from "../doubles/gateway.ts";
import { startTarget } from "../doubles/target.ts";

const FRONT = "spiffe://cluster.local/ns/shop/sa/front";
const PROXY = `X-Forwarded-Client-Cert: By=spiffe://gateway;Hash=1;Subject="";URI=${FRONT}`;

/** The audit record of one call, without what is new with every call. */
async function recordOf(call: Call): Promise<Record<string, unknown>> {
  await using target = await startTarget();
  await using gateway = await startGateway({
    applications: [shop(target.url, { credentials: { type: "Basic", secretName: "basic" } })],
    secrets: { basic: { username: "u", password: "s3cr3t" } },
  });
  await gateway.call("GET", "/shop/orders-api/x?key=s3cr3t", call);
  await eventually(() => equal(gateway.finished.length, 1));
  const [line = ""] = gateway.finished.map((finished) => callAuditLine(finished, 0));
  const { requestId: _, ...record } = JSON.parse(line) as Record<string, unknown>;
  return record;
}

const CALL = {
  time: "1970-01-01T00:00:00.000Z",
  log: "audit",
  event: "call",
  peer: "127.0.0.1",
  application: "shop",
  service: "orders-api",
  entry: "rest-v1",
  method: "GET",
  path: "/shop/orders-api/x",
  tlsVerified: true,
  status: 200,
  origin: "target",
};

test("gateway audit - a record names the caller's address and mesh identity, the API and the credential", async () => {
  deepEqual(await recordOf({ headers: [PROXY] }), {
    ...CALL,
    identity: FRONT,
    accessToken: false,
    credentialType: "Basic",
    credentialSecret: "basic",
  });
});

test("gateway audit - of several identity headers the one of the nearest proxy counts", async () => {
  const { identity } = await recordOf({ headers: ["X-Forwarded-Client-Cert: URI=spiffe://forged", PROXY] });
  equal(identity, FRONT);
});

test("gateway audit - with a token of the caller's own the registered credential is not named", async () => {
  deepEqual(await recordOf({ headers: ["Access-Token: Bearer s3cr3t"] }), { ...CALL, accessToken: true });
});
