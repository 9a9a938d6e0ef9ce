import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, suite, test } from "node:test";
import { curl, type CurlAnswer } from "../doubles/external-system.ts";
import { eventually } from "../doubles/eventually.ts";
import { startIdentityProvider, type IdentityProvider } from "../doubles/identity-provider.ts";
import { application, ServedInstallation } from "../doubles/served-installation.ts";
import { startTarget, type Target } from "../doubles/target.ts";
import { appconn } from "./appconn-process.ts";

/** A change is to be visible everywhere within this time. Milliseconds. */
const VISIBLE = 250;

interface Paired {
  readonly metadataUrl: string;
  readonly files: readonly string[];
}

/** What an external system does with its services, with the programs that people use. */
suite("registry", () => {
  let served: ServedInstallation;
  let target: Target;
  let provider: IdentityProvider;
  let shop: Paired;

  before(async () => {
    [served, target, provider] = await Promise.all([
      ServedInstallation.start(),
      startTarget(),
      startIdentityProvider(),
    ]);
    await served.apply(application("shop"), application("foreign"));
    shop = await paired("shop");
  });
  after(async () => {
    await Promise.all([served, target, provider].map((one) => one[Symbol.asyncDispose]()));
  });

  async function paired(name: string): Promise<Paired> {
    const link = (await served.administer(["token", "create", name])).trim();
    const out = join(served.path, name);
    const { code, stderr } = await appconn(["connect", link, "--out", out]);
    assert.equal(code, 0, stderr);
    const { urls } = JSON.parse(readFileSync(join(out, "connection.json"), "utf8")) as {
      urls: { metadataUrl: string };
    };
    const files = ["--cert", join(out, "client.crt"), "--key", join(out, "client.key")];
    return { metadataUrl: urls.metadataUrl, files };
  }

  const as = ({ files }: Paired, ...words: readonly string[]) => curl(served, ...files, ...words);

  const sent = (method: string, body: unknown) => ["-X", method, "-d", JSON.stringify(body)];

  function json({ status, body, contentType }: CurlAnswer, expected = 200): unknown {
    assert.equal(status, expected, body);
    assert.equal(contentType, "application/json;charset=UTF-8");
    return JSON.parse(body);
  }

  async function registered(body: unknown): Promise<string> {
    return (json(await as(shop, ...sent("POST", body), shop.metadataUrl)) as { id: string }).id;
  }

  const service = (name: string, credentials: unknown) => ({
    provider: "Acme",
    name,
    description: name,
    api: {
      targetUrl: `${target.url}/base`,
      spec: { openapi: "3.0.0", info: { title: name, version: "1" }, paths: {} },
      requestParameters: { headers: { "X-Tenant": ["7"] } },
      credentials,
    },
  });

  /** The gateway's answer, as soon as there is one. */
  function called(segment: string, status: number): Promise<Response> {
    return eventually(
      async () => {
        const answer = await fetch(new URL(`/shop/${segment}/orders`, served.address("gateway")));
        assert.equal(answer.status, status, await answer.text());
        return answer;
      },
      { timeout: VISIBLE, interval: 5 },
    );
  }

  test("registry - an API with a password is registered through 8443, and the gateway calls it at once", async () => {
    const id = await registered(service("Orders API", { basic: { username: "anna", password: "geheim" } }));
    await called("orders-api", 200);
    const call = target.calls.at(-1);
    assert.equal(call?.path, "/base/orders");
    assert.equal(call?.header("authorization"), `Basic ${Buffer.from("anna:geheim").toString("base64")}`);
    assert.equal(call?.header("x-tenant"), "7");
    const list = json(await as(shop, shop.metadataUrl)) as { id: string }[];
    assert.ok(list.some((one) => one.id === id));
    const shown = json(await as(shop, `${shop.metadataUrl}/${id}`)) as {
      api: { credentials: unknown; spec: object };
    };
    assert.deepEqual(shown.api.credentials, { basic: { username: "********", password: "********" } });
    assert.deepEqual(shown.api.spec, {
      openapi: "3.0.0",
      info: { title: "Orders API", version: "1" },
      paths: {},
    });
    const changed = service("Orders API", { basic: { username: "berta", password: "neu" } });
    json(await as(shop, ...sent("PUT", changed), `${shop.metadataUrl}/${id}`));
    await eventually(
      async () => {
        await called("orders-api", 200);
        const { calls } = target;
        const expected = `Basic ${Buffer.from("berta:neu").toString("base64")}`;
        assert.equal(calls.at(-1)?.header("authorization"), expected);
      },
      { timeout: VISIBLE, interval: 5 },
    );
    const removed = await as(shop, "-X", "DELETE", `${shop.metadataUrl}/${id}`);
    assert.equal(removed.status, 204, removed.body);
    await called("orders-api", 404);
    const secrets = await served.admin("GET", "/api/v1/namespaces/kyma-system/secrets");
    assert.ok(!(await secrets.text()).includes(id), "its Secrets are gone");
  });

  test("registry - an API with OAuth is registered, and the gateway fetches a token for its call", async () => {
    const oauth = { url: provider.tokenUrl, clientId: "c1", clientSecret: "s1" };
    await registered(service("OAuth Orders", { oauth }));
    await called("oauth-orders", 200);
    assert.equal(target.calls.at(-1)?.header("authorization"), `Bearer ${provider.issued.at(-1)}`);
  });

  test("registry - another Application's certificate does not open it", async () => {
    const foreign = await paired("foreign");
    const answer = await as(foreign, shop.metadataUrl);
    assert.equal(answer.status, 403, answer.body);
  });

  test("registry - its document is served through 8443, and kubectl's view has what was registered", async () => {
    const document = await as(shop, shop.metadataUrl.replace(/services$/, "api.yaml"));
    assert.equal(document.status, 200);
    assert.match(document.body, /^openapi: 3\.0\.0\n/);
    const former = shop.metadataUrl.replace(/\/services$/, "api.yaml");
    const same = await as(shop, former);
    assert.deepEqual([same.status, same.body], [200, document.body]);
    for (const beside of [`${former}x`, `${former}/x`]) assert.equal((await as(shop, beside)).status, 404);
    const id = await registered(service("Seen", { basic: { username: "a", password: "b" } }));
    const groups = await served.administer(["get", "clusterassetgroups", id, "-o", "json"]);
    const { spec } = JSON.parse(groups) as { spec: { sources: { type: string }[] } };
    assert.deepEqual(
      spec.sources.map(({ type }) => type),
      ["openapi"],
    );
  });

  test("registry - an Access Service leads to the port on which the gateway really listens", async () => {
    const id = await registered(service("Ported", { basic: { username: "a", password: "b" } }));
    const answer = await served.admin("GET", "/api/v1/namespaces/kyma-system/services");
    const { items } = (await answer.json()) as {
      items: { metadata: { labels?: { serviceId?: string } }; spec: { ports: { targetPort: number }[] } }[];
    };
    const own = items.find(({ metadata }) => metadata.labels?.serviceId === id);
    assert.equal(own?.spec.ports[0]?.targetPort, Number(served.address("gateway").port));
  });

  test("registry - documents are served to administrators at the address that their group names, and to nobody else", async () => {
    const id = await registered(service("Documented", { basic: { username: "a", password: "b" } }));
    const group = JSON.parse(await served.administer(["get", "clusterassetgroups", id, "-o", "json"])) as {
      spec: { sources: { url: string }[] };
    };
    const { pathname } = new URL(group.spec.sources[0]?.url ?? "");
    const document = await served.admin("GET", pathname);
    assert.equal(document.status, 200);
    assert.deepEqual(((await document.json()) as { info: unknown }).info, {
      title: "Documented",
      version: "1",
    });
    const open = await fetch(`http://127.0.0.1:${served.address("admin API").port}${pathname}`);
    assert.equal(open.status, 401);
    await open.body?.cancel();
    const upload = await fetch(`http://127.0.0.1:${served.address("admin API").port}/v1/upload`, {
      method: "POST",
    });
    assert.equal(upload.status, 401);
    await upload.body?.cancel();
  });

  test("registry - who changed which service is on record, and no credential is", async () => {
    const id = await registered(service("Recorded", { basic: { username: "a", password: "kanarienvogel" } }));
    await eventually(() => {
      const record = served.records().find(({ event, service: of }) => event === "service" && of === id);
      assert.ok(record);
      const { action, application: of, code, client, after: hash } = record;
      assert.deepEqual([action, of, code, client], ["create", "shop", 200, "shop"]);
      assert.match(String(hash), /^[0-9a-f]{64}$/);
    });
    assert.ok(!JSON.stringify(served.records()).includes("kanarienvogel"));
    assert.ok(!served.output.includes("kanarienvogel"));
    const metrics = await served.metrics();
    assert.match(
      metrics,
      /application_registry_endpoints_responses\{endpoint="\/\{application\}\/v1\/metadata\/services",method="POST",status="200"\} \d/,
    );
    assert.match(metrics, /application_registry_endpoints_duration\{quantile="0\.995",/);
  });
});

test("registry - alone in a process it has a listener of its own, and says what it is", async () => {
  await using served = await ServedInstallation.start(["--components=admin,registry"]);
  await served.apply(application("shop"));
  const origin = served.address("registry");
  await eventually(async () => {
    const answer = await fetch(new URL("/shop/v1/metadata/services", origin));
    assert.equal(answer.status, 200);
    assert.equal(await answer.text(), "[]\n");
  });
  assert.equal((await fetch(new URL("/v1/health", origin))).status, 200);
});
