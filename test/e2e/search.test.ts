import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, suite, test } from "node:test";
import { curl } from "../doubles/external-system.ts";
import { eventually } from "../doubles/eventually.ts";
import { application, ServedInstallation } from "../doubles/served-installation.ts";
import { appconn } from "./appconn-process.ts";

const SERVICE = {
  provider: "Acme",
  name: "Order Service",
  description: "All about orders",
  api: {
    targetUrl: "https://orders.example.com",
    spec: {
      openapi: "3.0.3",
      info: { title: "Order API", version: "1" },
      paths: { "/orders/{id}": { get: { operationId: "readPurchase", responses: {} } } },
    },
  },
  documentation: {
    displayName: "Handbook",
    description: "d",
    type: "guide",
    docs: [{ title: "Start", type: "md", source: "How to begin" }],
  },
};

interface Found {
  readonly items: readonly { readonly kind: string; readonly serviceId?: string }[];
}

/** What administrators find of what external systems register. */
suite("search", () => {
  let served: ServedInstallation;
  let identity: string;

  before(async () => {
    served = await ServedInstallation.start();
    await served.apply(application("shop"), application("empty"));
    identity = join(served.path, "shop");
    const link = (await served.administer(["token", "create", "shop"])).trim();
    const { code, stderr } = await appconn(["connect", link, "--out", identity]);
    assert.equal(code, 0, stderr);
  });
  after(() => served[Symbol.asyncDispose]());

  async function registered(service: object): Promise<string> {
    const path = join(served.path, "service.json");
    writeFileSync(path, JSON.stringify(service));
    const { code, stdout, stderr } = await appconn(["register", identity, path, "-o", "id"]);
    assert.equal(code, 0, stderr);
    return stdout.trim();
  }

  async function found(...words: readonly string[]): Promise<Found["items"]> {
    return (JSON.parse(await served.administer(["search", ...words])) as Found).items;
  }

  const kindsOf = async (...words: readonly string[]) => (await found(...words)).map(({ kind }) => kind);

  test("search - an operation is found as soon as it is registered, and no more when its service is gone", async () => {
    const id = await registered(SERVICE);
    await eventually(async () => assert.deepEqual(await kindsOf("readpurch"), ["openapi"]));
    const [hit] = await found("readpurch", "--application", "shop", "--kind", "openapi");
    assert.equal(hit?.serviceId, id);
    assert.deepEqual(await kindsOf("readpurch", "--application", "empty"), []);
    assert.match(
      await served.administer(["search", "all", "about", "-o", "table"]),
      /^APPLICATION +SERVICE +KIND/,
    );
    assert.equal(await served.administer(["search", "readpurch", "-o", "name"]), `shop/${id}\n`);
    const { metadataUrl } = { metadataUrl: new URL(`/shop/v1/metadata/services/${id}`, served.gateway) };
    const files = ["--cert", join(identity, "client.crt"), "--key", join(identity, "client.key")];
    assert.equal((await curl(served, ...files, "-X", "DELETE", metadataUrl.href)).status, 204);
    await eventually(async () => assert.deepEqual(await found("order"), []));
    assert.deepEqual(await found("readpurch"), []);
  });

  test("api docs - documents are listed, printed and reported on, by any name of their service", async () => {
    const id = await registered(SERVICE);
    for (const name of [id, "Order Service", "order-service"]) {
      // oxlint-disable-next-line no-await-in-loop -- one name after the other
      assert.equal(await served.administer(["api", "docs", `shop/${name}`, "-o", "name"]), "openapi\ndocs\n");
    }
    const openapi = await served.administer(["api", "docs", "shop/order-service", "--type", "openapi"]);
    assert.deepEqual(Object.keys((JSON.parse(openapi) as { paths: object }).paths), ["/orders/{id}"]);
    const report = await served.administer(["api", "docs", "shop/order-service", "--report", "-o", "table"]);
    assert.match(report, /^TYPE +SEVERITY +LINE +PATH +MESSAGE\nopenapi +\w+ /);
    const of = (...words: string[]) => served.launchCommand(["api", "docs", ...words]);
    const unknown = await of("shop/nothing");
    assert.deepEqual([unknown.code, unknown.stdout], [1, ""]);
    assert.match(unknown.stderr, /shop has no service nothing/);
    const absent = await of("shop/order-service", "--type", "odata");
    assert.equal(absent.code, 1);
    assert.match(absent.stderr, /has no such document: odata/);
    assert.equal((await of("shop")).code, 2);
    assert.equal((await of("shop/order-service", "--type", "openapi", "-o", "json")).code, 2);
  });

  test("search - only an administrator may search, and what only looks like it leads nowhere", async () => {
    for (const path of ["/v1/search?q=order", "/v1/documents/any/openapi"]) {
      // oxlint-disable-next-line no-await-in-loop -- one path after the other
      const { status } = await served.admin("GET", path, { headers: { authorization: "Bearer wrong" } });
      assert.equal(status, 401);
    }
    assert.equal((await served.admin("GET", "/v1/searching?q=order")).status, 404);
    assert.equal((await served.admin("GET", "/v1/ca")).status, 200);
  });
});
