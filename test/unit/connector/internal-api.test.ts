import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import { test } from "node:test";
import fc from "fast-check";
import { StoreFailure } from "../../../src/stores/store-failure.ts";
import type { Store } from "../../../src/stores/store.ts";
import { normaliseHash } from "../../../src/connector/revoke.ts";
import { call, connectorScene, type Sent } from "../../doubles/connector.ts";
import { FakeClock } from "../../doubles/fake-clock.ts";

const error = (code: number, text: string) => `${JSON.stringify({ code, error: text })}\n`;
const TOKENS = "/v1/applications/tokens";
const REVOCATIONS = "/v1/applications/certificates/revocations";
const post = (headers: Sent["headers"] = {}, body?: string): Sent => ({
  method: "POST",
  headers,
  ...(body !== undefined && { body }),
});

/** The store, but writes of this name fail. */
function failing(operation: "addToken" | "revoke" | "claimToken"): (store: Store) => Store {
  return (store) => {
    const fails = () => Promise.reject(new StoreFailure("STORE_DISK_FULL"));
    const pairing = new Proxy(store.pairing, {
      get: (target, name) => {
        const value: unknown = Reflect.get(target, name);
        if (name === operation) return fails;
        return typeof value === "function" ? (value.bind(target) as unknown) : value;
      },
    });
    return new Proxy(store, {
      get: (target, name) => {
        if (name === "pairing") return pairing;
        const value: unknown = Reflect.get(target, name);
        return typeof value === "function" ? (value.bind(target) as unknown) : value;
      },
    });
  };
}

test("internal API - two Applications in one request are none", async (context) => {
  const { internal } = await connectorScene(context);
  const { status } = await call(internal, TOKENS, {
    method: "POST",
    headers: { Application: ["shop", "crm"] },
  });
  assert.equal(status, 400);
});

test("internal API - a token needs an Application's name, and the body is not looked at", async (context) => {
  const { internal } = await connectorScene(context);
  const required = "Required headers for ApplicationContext not specified.";
  assert.equal((await call(internal, TOKENS, post())).text, error(400, required));
  assert.equal((await call(internal, TOKENS, post({ Application: "" }))).status, 400);
  const made = await call(
    internal,
    TOKENS,
    post({ Application: "shop", Tenant: "t", Group: "g" }, "{not json"),
  );
  assert.equal(made.status, 201);
  assert.equal((await call(internal, "/v1/runtimes/tokens", post({ Tenant: "t", Group: "g" }))).status, 404);
});

test("internal API - a name that cannot stand in a certificate is refused without being repeated", async (context) => {
  const { internal } = await connectorScene(context);
  for (const name of [
    "Shop",
    "-shop",
    "a..b",
    "a b",
    "a,b",
    "a=b",
    "*Runtime*",
    "a".repeat(65),
    "sh\u00f6p",
  ]) {
    const { status, text } = await call(internal, TOKENS, post({ Application: name }));
    assert.equal(status, 400, name);
    assert.match(
      text,
      /^\{"code":400,"error":"The name of the Application cannot stand in a certificate: it /,
    );
    assert.equal(text.includes(name) && name.length > 1 && name !== "a b", false, name);
  }
  const longest = "a".repeat(64);
  assert.equal((await call(internal, TOKENS, post({ Application: longest }))).status, 201);
});

test("internal API - in central mode tenant and group are required, and runtimes are paired too", async (context) => {
  const { internal } = await connectorScene(context, { central: true });
  const application = error(400, "Required headers for ApplicationContext not specified.");
  const cluster = error(400, "Required headers for ClusterContext not specified.");
  assert.equal((await call(internal, TOKENS, post({ Application: "shop" }))).text, application);
  assert.equal((await call(internal, TOKENS, post({ Application: "shop", Tenant: "t" }))).text, application);
  assert.equal((await call(internal, TOKENS, post({ Tenant: "t", Group: "g" }))).text, application);
  const runtimes = "/v1/runtimes/tokens";
  assert.equal((await call(internal, runtimes, post({ Tenant: "t" }))).text, cluster);
  assert.equal((await call(internal, runtimes, post({ Group: "g" }))).text, cluster);
  const made = await call(internal, runtimes, post({ Tenant: "t", Group: "g" }));
  assert.match(made.text, /\/v1\/runtimes\/signingRequests\/info\?token=/);
  for (const bad of ["a,b", "a=b", " a", "\u00e4", "a".repeat(65)]) {
    const { text } = await call(internal, TOKENS, post({ Application: "shop", Tenant: bad, Group: "g" }));
    if (bad === " a") assert.match(text, /"url"/, "HTTP takes blanks around a value away");
    else assert.match(text, /"error":"Tenant or Group cannot stand in a certificate: /, bad);
  }
});

test("internal API - the link's end stands in a header: five minutes for an Application, ten for a runtime", async (context) => {
  const clock = new FakeClock();
  const { internal } = await connectorScene(context, { clock, central: true });
  const ends = async (path: string) => {
    const { headers } = await call(internal, path, post({ Application: "shop", Tenant: "t", Group: "g" }));
    return (Date.parse(String(headers["token-expires"])) - clock.now()) / 60_000;
  };
  assert.deepEqual([await ends(TOKENS), await ends("/v1/runtimes/tokens")], [5, 10]);
});

test("internal API - the store's reason is told when a token cannot be kept", async (context) => {
  const { internal } = await connectorScene(context, { store: failing("addToken") });
  const answer = await call(internal, TOKENS, post({ Application: "shop" }));
  const reason = "the disk of the data directory is full: nothing was changed";
  assert.deepEqual([answer.status, answer.text], [500, error(500, reason)]);
});

test("internal API - every body of a revocation has its answer", async (context) => {
  const { internal } = await connectorScene(context);
  const detail = (text: string) => error(400, `Error while unmarshalling request body: ${text}.`);
  const missing = detail("certificate hash value not provided");
  const wrong = detail("certificate hash is not a SHA-256 of 64 hex digits");
  const type = (found: string) => detail(`json: cannot unmarshal ${found} into field hash of type string`);
  for (const [body, expected] of [
    ["", detail("unexpected end of JSON input")],
    ['{"hash":"', detail("unexpected end of JSON input")],
    ["hash", detail("invalid character")],
    ['{"hash":12}', type("number")],
    ['{"hash":["ab"]}', type("array")],
    ['{"hash":{}}', type("object")],
    ['{"hash":true}', type("bool")],
    ["[]", detail("json: cannot unmarshal array into an object")],
    ["null", missing],
    ["{}", missing],
    ['{"hash":null}', missing],
    ['{"hash":""}', missing],
    ['{"hash":"abc"}', wrong],
    [`{"hash":"${"g".repeat(64)}"}`, wrong],
    [`{"hash":"${"a".repeat(63)}"}`, wrong],
  ] as const) {
    assert.equal((await call(internal, REVOCATIONS, post({}, body))).text, expected, body);
  }
});

test("internal API - a fingerprint counts however it is written, and again", async (context) => {
  const { internal, store, revocations } = await connectorScene(context);
  const hash = randomBytes(32).toString("hex");
  const colons = (hash.toUpperCase().match(/../g) ?? []).join(":");
  for (const body of [
    { Hash: colons },
    { hash: ` ${hash} \n` },
    { HASH: hash.toUpperCase(), other: 1 },
    { hash },
  ]) {
    const answer = await call(internal, REVOCATIONS, post({}, JSON.stringify(body)));
    assert.deepEqual([answer.status, answer.text], [201, ""]);
    assert.equal(answer.headers["content-type"], "application/json;charset=UTF-8");
  }
  assert.equal(revocations.check(hash), true);
  assert.equal(await store.pairing.revoke({ hash, revokedAt: 0, notAfter: undefined }), false);
});

test("internal API - a revocation that cannot be written says so, and does not count", async (context) => {
  const { internal, revocations } = await connectorScene(context, { store: failing("revoke") });
  const hash = randomBytes(32).toString("hex");
  const answer = await call(internal, REVOCATIONS, post({}, JSON.stringify({ hash })));
  const text =
    "Unable to mark certificate as revoked: the disk of the data directory is full: nothing was changed.";
  assert.deepEqual([answer.status, answer.text], [500, error(500, text)]);
  assert.equal(revocations.check(hash), false);
});

test("internal API - normalised hashes are 64 small hex digits, or none", () => {
  const hash = createHash("sha256").update("x").digest("hex");
  fc.assert(
    fc.property(fc.string(), (text) => {
      const normal = normaliseHash(text);
      assert.equal(normal === undefined || /^[0-9a-f]{64}$/.test(normal), true);
    }),
  );
  assert.equal(normaliseHash(`\t${hash.toUpperCase()} `), hash);
});

test("token host - a token that the store cannot look up is not called wrong", async (context) => {
  const { external } = await connectorScene(context, { store: failing("claimToken") });
  const answer = await call(external, "/v1/applications/signingRequests/info?token=abc");
  assert.deepEqual([answer.status, answer.text], [500, error(500, "Failed to resolve token.")]);
});
