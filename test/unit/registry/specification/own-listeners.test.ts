import assert from "node:assert/strict";
import { test } from "node:test";
import { OwnListeners } from "../../../../src/outbound/own-listeners.ts";
import { startTarget } from "../../../doubles/target.ts";
import { openSpecifications } from "./opened-specifications.ts";

const REFUSED = "the egress policy refuses the address";

test("specification - a listener of the installation itself is asked for nothing, whoever names it", async () => {
  const own = new OwnListeners();
  const rebound = { resolve: "127.0.0.1" };
  await using opened = await openSpecifications({ own, resolve: () => rebound.resolve });
  await using gateway = await startTarget();
  await using server = await startTarget((call) => {
    const host = decodeURIComponent(call.path.slice(1));
    return call.respond(302, { Location: `http://${host}:${gateway.port}/other/api` });
  });
  own.add(gateway.url);
  const { port } = gateway;
  for (const host of ["127.0.0.1", "2130706433", "0x7f.1", "[::1]", "[::ffff:127.0.0.1]", "0.0.0.0"]) {
    const direct = `http://${host}:${port}/other/api`;
    assert.equal(
      await opened.obtain({ specificationUrl: direct }),
      `Fetching API spec from ${direct} failed, ${REFUSED}`,
    );
    assert.equal(
      await opened.obtain({ specificationUrl: `${server.url}/${encodeURIComponent(host)}` }),
      `Fetching API spec from ${server.url}/${encodeURIComponent(host)} failed, redirected, but ${REFUSED}`,
    );
  }
  const named = `http://rebound.example:${port}/`;
  assert.equal(
    await opened.obtain({ specificationUrl: named }),
    `Fetching API spec from ${named} failed, ${REFUSED}`,
    "a name that resolves to this machine",
  );
  const token = await opened.obtain({
    specificationUrl: server.url,
    specificationCredentials: {
      kind: "oauth",
      url: `http://localhost:${port}/token`,
      clientId: "me",
      clientSecret: "hush",
      requestParameters: undefined,
    },
  });
  assert.match(token ?? "", new RegExp(`${REFUSED}$`));
  assert.equal(
    await opened.obtain({ apiType: "odata", targetUrl: gateway.url }),
    `Fetching API spec from ${gateway.url}/$metadata failed, ${REFUSED}`,
  );
  assert.equal(gateway.accepted, 0);
});

test("specification - another program on this machine is fetched from", async () => {
  const own = new OwnListeners();
  await using opened = await openSpecifications({ own });
  await using gateway = await startTarget();
  await using server = await startTarget((call) => call.respond(200, {}, "{}"));
  own.add(gateway.url);
  assert.equal(await opened.obtain({ specificationUrl: server.url }), "{}");
});
