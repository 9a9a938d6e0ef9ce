import assert from "node:assert/strict";
import { test } from "node:test";
import { apiSettings } from "../../../src/core/resources/api-settings/api-settings.ts";
import { authorise, type Caller } from "../../../src/gateway/authorise.ts";
import { NetworkList } from "../../../src/http/network-list.ts";
import { AllowedCallers } from "../../../src/snapshot/allowed-callers.ts";
import type { CompiledApi } from "../../../src/snapshot/compiled.ts";

const PROXIES = new NetworkList(["10.0.0.1"]);
const ORDERS = "spiffe://cluster.local/ns/shop/sa/orders";

interface Allowed {
  readonly callers?: string;
  readonly networks?: string;
}

/** What a caller is told, without what is the same each time; undefined where it may call. */
function refusedBy({ callers, networks }: Allowed, caller: Partial<Caller>): string | undefined {
  const allowedCallers = callers === undefined ? undefined : apiSettings.allowedCallers.parse(callers);
  const allowedNetworks = networks === undefined ? undefined : apiSettings.allowedNetworks.parse(networks);
  const settings = { ...(allowedCallers && { allowedCallers }), ...(allowedNetworks && { allowedNetworks }) };
  const api = { target: { refused: false }, callers: AllowedCallers.of(settings) } as unknown as CompiledApi;
  const refused = authorise(api, { peer: undefined, clientCertificate: undefined, ...caller }, PROXIES);
  if (refused) assert.deepEqual([refused.status, refused.category], [403, "policy"]);
  return refused?.message.replace("this caller may not call the API: ", "");
}

const NOBODY = "a trusted proxy of a service mesh must say who it is";
const STRANGER = "it is not among those who may";
const fromProxy = (clientCertificate: string) => ({ peer: "10.0.0.1", clientCertificate });

test("authorise - without a word in the annotations everybody may call", () => {
  assert.equal(refusedBy({}, {}), undefined);
});

test("authorise - by identity: the named one, or what it begins with", () => {
  const callers = `${ORDERS}, spiffe://cluster.local/ns/tools/*`;
  assert.equal(refusedBy({ callers }, fromProxy(`By=x;URI=${ORDERS}`)), undefined);
  assert.equal(refusedBy({ callers }, fromProxy("URI=spiffe://cluster.local/ns/tools/sa/a")), undefined);
  assert.equal(refusedBy({ callers }, fromProxy(`URI=${ORDERS}-2`)), STRANGER);
  assert.equal(refusedBy({ callers }, fromProxy("URI=spiffe://cluster.local/ns/tools")), STRANGER);
});

test("authorise - an identity that somebody else than a trusted proxy claims is none", () => {
  const claimed = `URI=${ORDERS}`;
  for (const peer of ["10.0.0.2", "127.0.0.1", undefined]) {
    assert.equal(refusedBy({ callers: ORDERS }, { peer, clientCertificate: claimed }), NOBODY);
  }
  assert.equal(refusedBy({ callers: ORDERS }, { peer: "10.0.0.1" }), NOBODY);
});

test("authorise - the last element counts, because those before it came through the proxy", () => {
  const other = "URI=spiffe://cluster.local/ns/evil/sa/x";
  assert.equal(refusedBy({ callers: ORDERS }, fromProxy(`URI=${ORDERS},${other}`)), STRANGER);
  assert.equal(refusedBy({ callers: ORDERS }, fromProxy(`${other},URI=${ORDERS}`)), undefined);
});

test("authorise - a header that cannot be read, and one without a URI, name nobody", () => {
  const subject = `Hash=a;Subject="CN=${ORDERS}"`;
  for (const header of ["", "nonsense", subject, `URI="${ORDERS}`, "URI="]) {
    assert.equal(refusedBy({ callers: ORDERS }, fromProxy(header)), NOBODY, header);
  }
});

test("authorise - a certificate with several URIs names nobody, whichever comes first", () => {
  const other = "spiffe://cluster.local/ns/evil/sa/x";
  for (const header of [
    `URI=${ORDERS};URI=${other}`,
    `URI=${other};DNS=a;URI=${ORDERS}`,
    `URI=a,URI=${ORDERS};URI=b`,
  ])
    assert.equal(refusedBy({ callers: ORDERS }, fromProxy(header)), NOBODY, header);
  assert.equal(refusedBy({ callers: ORDERS }, fromProxy(`URI=;URI=${ORDERS};URI=`)), undefined);
});

test("authorise - by network, whatever the caller says of itself", () => {
  const networks = "10.1.0.0/16, 127.0.0.1";
  assert.equal(refusedBy({ networks }, { peer: "10.1.2.3" }), undefined);
  assert.equal(refusedBy({ networks }, { peer: "127.0.0.1" }), undefined);
  for (const peer of ["10.2.0.1", "127.0.0.2", "::1", undefined]) {
    assert.equal(refusedBy({ networks }, { peer }), "it is not in the networks that may");
  }
});

test("authorise - by both, both must hold", () => {
  const both = { callers: ORDERS, networks: "10.0.0.0/8" };
  assert.equal(refusedBy(both, fromProxy(`URI=${ORDERS}`)), undefined);
  assert.equal(refusedBy(both, { peer: "10.0.0.3", clientCertificate: `URI=${ORDERS}` }), NOBODY);
  assert.equal(
    refusedBy({ ...both, networks: "192.0.2.0/24" }, fromProxy(`URI=${ORDERS}`)),
    "it is not in the networks that may",
  );
});
