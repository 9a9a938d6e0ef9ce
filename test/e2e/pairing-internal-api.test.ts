import assert from "node:assert/strict";
import { after, before, suite, test } from "node:test";
import { curl, newLink, pair, send } from "../doubles/external-system.ts";
import { eventually } from "../doubles/eventually.ts";
import { application, ServedInstallation } from "../doubles/served-installation.ts";

const TOKENS = "/v1/applications/tokens";

suite("internal API", () => {
  let served: ServedInstallation;

  before(async () => {
    served = await ServedInstallation.start();
    await served.apply(application("shop"));
  });
  after(() => served[Symbol.asyncDispose]());

  const shop = { Application: "shop" };

  test("internal API - without the admin API's token, or with another, nobody gets in", async () => {
    for (const authorization of ["", "Bearer wrong", `Basic ${btoa("admin:admin")}`, "Bearer "]) {
      for (const path of [TOKENS, "/v1/runtimes/tokens", "/v1/ca", "/v1", "/v1/no/such?x=1"]) {
        const answer = await served.admin("POST", path, { headers: { ...shop, authorization } });
        assert.equal(answer.status, 401, path);
        assert.equal(await answer.text(), '{"code":401,"error":"Unauthorized"}\n');
        assert.match(answer.headers.get("www-authenticate") ?? "", /^Bearer /);
      }
    }
  });

  test("internal API - who asks to be somebody else is refused, in this API's form", async () => {
    for (const name of ["Impersonate-User", "impersonate-group", "Impersonate-Extra-Scopes"]) {
      const answer = await served.admin("POST", TOKENS, { headers: { ...shop, [name]: "x" } });
      assert.equal(answer.status, 403, name);
      assert.deepEqual(Object.keys((await answer.json()) as object), ["code", "error"]);
    }
  });

  test("internal API - HEAD is not GET, and no method but POST makes a token", async () => {
    for (const method of ["HEAD", "GET", "PUT", "DELETE"]) {
      const answer = await served.admin(method, TOKENS, { headers: shop });
      assert.equal(answer.status, 405, method);
      assert.equal(answer.headers.get("allow"), "POST");
      const text = method === "HEAD" ? "" : '{"code":405,"error":"Method not allowed."}\n';
      assert.equal(await answer.text(), text);
    }
    assert.equal((await served.admin("HEAD", "/v1/ca")).status, 405);
  });

  test("internal API - names that no Application can have, and requests that say too little, are refused", async () => {
    const said = '{"code":400,"error":"Required headers for ApplicationContext not specified."}\n';
    const none = await served.admin("POST", TOKENS);
    assert.equal(none.status, 400);
    assert.equal(await none.text(), said);
    for (const name of ["Shop", "a,b", "a=b", "-a", "a".repeat(65), "*Runtime*", "shop/x"]) {
      assert.equal(
        (await served.admin("POST", TOKENS, { headers: { Application: name } })).status,
        400,
        name,
      );
    }
    for (const path of ["/v1/runtimes/tokens", "/v1/nothing", `${TOKENS}/`]) {
      assert.equal((await served.admin("POST", path, { headers: shop })).status, 404, path);
    }
  });

  test("internal API - it stands on the admin listener alone, not at the ingress, the gateway or the probes", async () => {
    const own = { authorization: `Bearer ${served.adminToken}`, ...shop };
    for (const { origin } of [served.address("gateway"), served.address("health and metrics")]) {
      assert.equal((await fetch(origin + TOKENS, { method: "POST", headers: own })).status, 404, origin);
    }
    const identity = await pair(served, "shop");
    const inside = { method: "POST", headers: own, identity };
    assert.equal((await send(served, new URL(TOKENS, served.gateway), inside)).status, 404);
    assert.equal(
      (await send(served, new URL(TOKENS, served.pairing), { method: "POST", headers: own })).status,
      404,
    );
    assert.equal((await send(served, new URL("/v1/ca", served.pairing))).status, 404);
  });

  test("internal API - an administrator revokes a fingerprint in whatever spelling; what is none is 400", async () => {
    const path = "/v1/applications/certificates/revocations";
    const identity = await pair(served, "shop");
    const colons = identity.hash.toUpperCase().match(/../g)?.join(":") ?? "";
    const answer = await served.admin("POST", path, { body: { Hash: ` ${colons} ` } });
    assert.equal(answer.status, 201);
    assert.equal(await answer.text(), "");
    const info = new URL("/v1/applications/management/info", served.gateway);
    await eventually(async () => assert.equal((await send(served, info, { identity })).status, 403));
    for (const hash of ["", "12", colons.slice(3), `${identity.hash}0`, 7]) {
      const refused = await served.admin("POST", path, { body: { hash } });
      assert.equal(refused.status, 400, String(hash));
      assert.match(await refused.text(), /^\{"code":400,"error":"Error while unmarshalling request body: /);
    }
  });

  test("internal API - wrong tokens from one address are slowed down, right ones from elsewhere are not", async () => {
    const { url } = await newLink(served, "shop");
    const wrong = new URL("/v1/applications/signingRequests/info?token=wrong", served.pairing).href;
    const from = (address: string, at: string) => curl(served, "--interface", address, at);
    for (let count = 0; count < 10; count++) assert.equal((await from("127.0.0.7", wrong)).status, 403);
    assert.equal((await from("127.0.0.7", wrong)).status, 429);
    assert.equal((await from("127.0.0.7", url)).status, 429);
    assert.equal((await from("127.0.0.8", url)).status, 200);
    assert.equal((await send(served, url)).text, '{"code":403,"error":"Invalid token."}\n');
  });
});
