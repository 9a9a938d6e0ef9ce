import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import fc from "fast-check";
import { systemClock } from "../../../src/core/clock.ts";
import type {
  Application,
  ApplicationEntry,
  ApplicationSpec,
} from "../../../src/core/resources/application.ts";
import { entryCredentials } from "../../../src/core/resources/entry-credentials.ts";
import type { Secret } from "../../../src/core/resources/secret.ts";
import { Credentials } from "../../../src/credentials/credentials.ts";
import { EgressPolicy } from "../../../src/outbound/egress-policy.ts";
import { LimitStates } from "../../../src/gateway/limits/limit-states.ts";
import { compileApplication, extendApplication } from "../../../src/snapshot/compile-application.ts";
import type { CompiledApplication, Resolution } from "../../../src/snapshot/compiled.ts";

interface Scene {
  readonly spec: ApplicationSpec;
  readonly secrets?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly denied?: readonly string[];
}

function compile(context: TestContext, { spec, secrets = {}, denied = [] }: Scene) {
  const policy = new EgressPolicy(denied);
  const connections = { pool: () => assert.fail("compiling calls nobody") };
  const credentials = new Credentials({ connections, policy, clock: systemClock, timeout: 1000 });
  context.after(() => credentials.close());
  const warnings: string[] = [];
  const found = new Map(Object.entries(secrets).map(([name, values]) => [name, secretOf(name, values)]));
  const compiled = compileApplication(anApplication(spec), (name) => found.get(name), {
    credentials,
    policy,
    limits: new LimitStates(),
    warn: (application, message) => warnings.push(`${application}: ${message}`),
  });
  return { compiled, warnings };
}

function anApplication(
  spec: ApplicationSpec,
  annotations: Readonly<Record<string, string>> = {},
): Application {
  const metadata = {
    name: "shop",
    annotations,
    uid: "u",
    resourceVersion: "1",
    creationTimestamp: "2026-01-01T00:00:00Z",
  };
  return { apiVersion: "applicationconnector.kyma-project.io/v1alpha1", kind: "Application", metadata, spec };
}

function secretOf(name: string, values: Readonly<Record<string, string>> | undefined): Secret | undefined {
  if (!values) return undefined;
  const metadata = { name, uid: "s", resourceVersion: "1", creationTimestamp: "2026-01-01T00:00:00Z" };
  const data = Object.fromEntries(
    Object.entries(values).map(([key, value]) => [key, Buffer.from(value).toString("base64")]),
  );
  return { apiVersion: "v1", kind: "Secret", metadata, data };
}

function service(displayName: string, entries: readonly Partial<ApplicationEntry>[], id = "id-1") {
  const filled = entries.map((entry): ApplicationEntry => ({
    type: "API",
    targetUrl: "https://erp/api",
    ...entry,
  }));
  return {
    id,
    name: `${displayName}-name`,
    displayName,
    providerDisplayName: "p",
    description: "d",
    entries: filled,
  };
}

function brokenMessage(resolution: Resolution | undefined): string {
  assert.ok(resolution?.kind === "broken", `expected a broken entry, got ${resolution?.kind}`);
  return `${resolution.status} ${resolution.category}: ${resolution.message}`;
}

const keys = (compiled: CompiledApplication) => ({
  services: [...compiled.byService.keys()],
  entries: [...compiled.byEntry.keys()],
  hosts: [...compiled.byHost.keys()],
});

test("compile - services are found by their normalised display name and entries by service and name", (context) => {
  const { compiled } = compile(context, {
    spec: { services: [service("Orders API", [{ name: "REST v1" }], "6C0E")] },
  });
  assert.deepEqual(keys(compiled), {
    services: ["orders-api"],
    entries: ["orders-api/rest-v1"],
    hosts: ["shop-6c0e"],
  });
  assert.equal(compiled.byService.get("orders-api"), compiled.byEntry.get("orders-api/rest-v1"));
});

test("compile - services whose names have no ASCII letters are each found by the start of their id", (context) => {
  const { compiled } = compile(context, {
    spec: { services: [service("注文", [{}], "6C0E4711-a"), service("顧客", [{}], "0815abcd-b")] },
  });
  assert.deepEqual(keys(compiled).services.toSorted(), ["", "0815abcd", "6c0e4711"]);
  assert.equal(compiled.byService.get("6c0e4711")?.kind, "api");
  assert.equal(compiled.byService.get("")?.kind, "ambiguous");
});

test("compile - a service with several APIs is ambiguous as a service and clear by entry, Events do not count", (context) => {
  const entries = [{ name: "a" }, { name: "b" }, { name: "c", type: "Events" as const }];
  const { compiled } = compile(context, { spec: { services: [service("Orders", entries)] } });
  const ambiguous = compiled.byService.get("orders");
  assert.ok(ambiguous?.kind === "ambiguous");
  assert.equal(
    ambiguous.hits,
    "service.ID: 'id-1', service.DisplayName: 'Orders', entry.Name: 'a' | service.ID: 'id-1', service.DisplayName: 'Orders', entry.Name: 'b'",
  );
  assert.equal(compiled.byEntry.get("orders/a")?.kind, "api");
  assert.equal(compiled.byEntry.get("orders/c"), undefined);
});

test("compile - behind an Access Service name stands the last API entry, or the word that there is none", (context) => {
  const entries = [{ targetUrl: "https://first" }, { targetUrl: "https://last" }];
  const { compiled } = compile(context, {
    spec: { services: [service("Orders", entries, "a"), service("News", [{ type: "Events" }], "b")] },
  });
  const last = compiled.byHost.get("shop-a");
  assert.ok(last?.kind === "api");
  assert.equal(last.target.url.origin, "https://last");
  assert.deepEqual(compiled.byHost.get("shop-b"), { kind: "no-api", serviceId: "b" });
});

test("compile - services may be absent or null, and an Application without a spec is empty", (context) => {
  for (const spec of [{}, { services: null }, { services: [] }]) {
    assert.equal(compile(context, { spec }).compiled.byService.size, 0);
  }
});

const basic = { type: "Basic", secretName: "s" };

/** What an entry lacks, and what its callers are told (gateway spec §15). */
const faults: readonly [fault: string, entry: Partial<ApplicationEntry>, answer: string][] = [
  [
    "no Secret",
    { credentials: basic },
    "500 config: failed to read API for Orders-name service, secret 's' not found",
  ],
  [
    "no Secret of parameters",
    { requestParametersSecretName: "params" },
    "500 config: failed to read API for Orders-name service, secret 'params' not found",
  ],
  [
    "an unknown type",
    { credentials: { type: "basic", secretName: "there" } },
    "500 config: failed to read API for Orders-name service, unknown credentials type 'basic'",
  ],
  [
    "a target URL with an unreadable port",
    { targetUrl: "http://erp:port/x?key=secret" },
    "500 config: failed to parse target url 'http://erp:port/x': 'invalid host or port'",
  ],
  [
    "a backslash in the host",
    { targetUrl: "http://erp\\x" },
    "500 config: failed to parse target url 'http://erp\\x': 'invalid character in host name'",
  ],
  ["no target URL", { targetUrl: "" }, "502 config: target url '' cannot be called: no scheme or host"],
  [
    "another scheme",
    { targetUrl: "ftp://user:password@erp/x" },
    "502 config: target url 'ftp://erp/x' cannot be called: unsupported protocol scheme \"ftp\"",
  ],
];

for (const [fault, entry, answer] of faults) {
  test(`compile - an entry with ${fault} is kept and answers why it cannot be called`, (context) => {
    const { compiled } = compile(context, {
      spec: { services: [service("Orders", [entry])] },
      secrets: { there: { username: "u", password: "p" } },
    });
    assert.equal(brokenMessage(compiled.byService.get("orders")), answer);
  });
}

test("compile - one broken entry does not hide the others", (context) => {
  const { compiled } = compile(context, {
    spec: { services: [service("Broken", [{ credentials: basic }], "a"), service("Whole", [{}], "b")] },
  });
  assert.equal(compiled.byService.get("broken")?.kind, "broken");
  assert.equal(compiled.byService.get("whole")?.kind, "api");
});

test("compile - all Secrets that entries name are known, existing or not", (context) => {
  const entries = [
    { credentials: basic, requestParametersSecretName: "p" },
    { credentials: { ...basic, secretName: "" } },
  ];
  const { compiled } = compile(context, { spec: { services: [service("Orders", entries)] } });
  assert.deepEqual([...compiled.secretNames].toSorted(), ["p", "s"]);
});

test("compile - credentials in the spelling of before 0.6 count where there are none in that of today", (context) => {
  const former = { oauthUrl: "https://idp/token", credentialsSecretName: "old" };
  const credentials = { type: "Basic", secretName: "new" };
  const { compiled } = compile(context, {
    spec: {
      services: [
        service("Former", [former], "a"),
        service("Empty", [{ ...former, credentials: { type: "", secretName: "" } }], "b"),
        service("Both", [{ ...former, credentials }], "c"),
        service("Halves", [{ oauthUrl: "https://idp/token" }], "d"),
      ],
    },
    secrets: { old: { clientId: "i", clientSecret: "s" }, new: { username: "u", password: "p" } },
  });
  const kinds = ["former", "empty", "both", "halves"].map((name) => compiled.byService.get(name)?.kind);
  assert.deepEqual(kinds, ["api", "api", "api", "api"]);
  assert.deepEqual([...compiled.secretNames].toSorted(), ["new", "old"]);
  const missing = compile(context, { spec: { services: [service("Former", [former], "a")] } });
  assert.match(brokenMessage(missing.compiled.byService.get("former")), /secret 'old' not found/);
  assert.deepEqual(entryCredentials({ type: "API", ...former }), {
    type: "OAuth",
    secretName: "old",
    authenticationUrl: "https://idp/token",
  });
  assert.equal(entryCredentials({ type: "API", ...former, credentials }), credentials);
});

test("compile - encodeUrl is true unless the Application says otherwise, skipVerify the other way round", (context) => {
  const api = (spec: ApplicationSpec) => {
    const found = compile(context, {
      spec: { ...spec, services: [service("Orders", [{}])] },
    }).compiled.byService.get("orders");
    assert.ok(found?.kind === "api");
    return [found.target.encodeUrl, !found.tls.verify, found.provider.tls.verify];
  };
  assert.deepEqual(api({}), [true, false, true]);
  assert.deepEqual(api({ encodeUrl: false, skipVerify: true }), [false, true, false]);
});

test("compile - a target written as a denied address is marked as refused", (context) => {
  const { compiled } = compile(context, {
    spec: { services: [service("Orders", [{ targetUrl: "http://10.1.2.3:8080/x" }])] },
    denied: ["10.0.0.0/8"],
  });
  const api = compiled.byService.get("orders");
  assert.ok(api?.kind === "api");
  assert.equal(api.target.refused, true);
});

for (const host of ["2852039166", "0xa9fea9fe", "169.254.43518", "[::ffff:169.254.169.254]"]) {
  test(`compile - ${host} is the metadata address in disguise and is refused`, (context) => {
    const { compiled } = compile(context, {
      spec: { services: [service("Orders", [{ targetUrl: `http://${host}:80/x` }])] },
    });
    const api = compiled.byService.get("orders");
    assert.ok(api?.kind === "api");
    assert.equal(api.target.refused, true);
  });
}

for (const host of ["169.254.169.254", "LOCALHOST", "[FE80::1]", "127.0.0.1"]) {
  test(`compile - ${host} names exactly what it means and is called`, (context) => {
    const { compiled } = compile(context, {
      spec: { services: [service("Orders", [{ targetUrl: `http://${host}:8080/x` }])] },
    });
    const api = compiled.byService.get("orders");
    assert.ok(api?.kind === "api");
    assert.equal(api.target.refused, false);
  });
}

test("compile - services of one Application that say the same share what is made of it", (context) => {
  const { compiled } = compile(context, {
    spec: {
      services: [
        service("Orders", [{ credentials: basic }], "1"),
        service("Returns", [{ credentials: basic }], "2"),
        service("Prices", [{ credentials: { ...basic, secretName: "other" } }], "3"),
        service("News", [{}], "4"),
        service("Links", [{}], "5"),
      ],
    },
    secrets: { s: { username: "u", password: "p" }, other: { username: "u", password: "p" } },
  });
  const [orders, returns, prices, news, links] = compiled.apis;
  assert.equal(compiled.apis.length, 5);
  assert.equal(orders?.provider, returns?.provider);
  assert.equal(orders?.target, returns?.target);
  assert.equal(news?.provider, links?.provider);
  assert.equal(prices?.provider.secretName, "other");
  assert.equal(prices?.provider.current()?.header, orders?.provider.current()?.header);
  assert.deepEqual([...compiled.secretNames], ["s", "other"]);
});

test("compile - targets at one server keep their own paths and queries", (context) => {
  const urls = ["http://erp:8080/a?x=1", "http://erp:8080/b", "http://erp:8080", "https://erp:8080/a"];
  const { compiled } = compile(context, {
    spec: { services: urls.map((targetUrl, id) => service(`S${id}`, [{ targetUrl }], String(id))) },
  });
  assert.deepEqual(
    compiled.apis.map(({ target: { url } }) => `${url.origin} ${url.host} ${url.path} ${url.query}`),
    [
      "http://erp:8080 erp:8080 /a x=1",
      "http://erp:8080 erp:8080 /b ",
      "http://erp:8080 erp:8080  ",
      "https://erp:8080 erp:8080 /a ",
    ],
  );
});

test("compile - a target is what its own Application and the policy of today make of it", (context) => {
  const target = (spec: ApplicationSpec, denied: readonly string[]) => {
    const services = [service("Orders", [{ targetUrl: "http://10.1.2.3/x" }])];
    const api = compile(context, { spec: { ...spec, services }, denied }).compiled.apis[0];
    return [api?.target.encodeUrl, api?.target.refused];
  };
  assert.deepEqual(target({}, []), [true, false]);
  assert.deepEqual(target({}, ["10.0.0.0/8"]), [true, true]);
  assert.deepEqual(target({ encodeUrl: false }, ["10.0.0.0/8"]), [false, true]);
  assert.deepEqual(target({}, []), [true, false]);
});

test("compile - a Secret without an expected key counts as empty and is worth a warning", (context) => {
  const { compiled, warnings } = compile(context, {
    spec: { services: [service("Orders", [{ credentials: basic }])] },
    secrets: { s: { username: "u" } },
  });
  const api = compiled.byService.get("orders");
  assert.ok(api?.kind === "api");
  assert.equal(api.provider.current()?.header, "Basic dTo=");
  assert.deepEqual(warnings, [
    "shop: secret 's' has no key 'password', which counts as empty (service Orders-name)",
  ]);
});

test("compile - what did not change keeps its objects, whatever else of the Application changes", (context) => {
  const scene = incremental(context);
  const [orders, stock] = [service("Orders", [withBasic], "1"), service("Stock", [{}], "2")];
  const before = scene.compile({ services: [orders] });
  const after = scene.compile({ services: [stock, orders] });
  assert.notEqual(before.byService.get("orders"), undefined);
  assert.equal(after.byService.get("orders"), before.byService.get("orders"));
});

test("compile - a changed or missing Secret and a changed setting compile the service anew", (context) => {
  const scene = incremental(context);
  const services = [service("Orders", [withBasic], "1")];
  const kindOf = (spec: ApplicationSpec) => scene.compile(spec).byService.get("orders");
  const before = kindOf({ services });
  scene.secret = secretOf("basic", { username: "other", password: "p" });
  const changed = kindOf({ services });
  assert.notEqual(changed, before);
  scene.secret = undefined;
  const missing = kindOf({ services });
  assert.equal(missing?.kind, "broken");
  scene.secret = secretOf("basic", { username: "u", password: "p" });
  const back = kindOf({ services });
  assert.equal(back?.kind, "api");
  assert.notEqual(kindOf({ services, skipVerify: true }), back);
  const raw = kindOf({ services, encodeUrl: false });
  assert.equal(raw?.kind === "api" && raw.target.encodeUrl, false);
});

test("compile - a changed annotation compiles those services anew that it is for, and no other", (context) => {
  const scene = incremental(context);
  const services = [service("Orders", [withBasic], "1"), service("Stock", [{}], "2")];
  const annotate = (annotations: Readonly<Record<string, string>>) => {
    const { byService } = scene.compile({ services }, annotations);
    return [byService.get("orders"), byService.get("stock")] as const;
  };
  const [orders, stock] = annotate({});
  assert.deepEqual(
    annotate({ "appconn.dev/registrations": "[1]" }).map((one, index) => one === [orders, stock][index]),
    [true, true],
  );
  const [limited, same] = annotate({ "orders.appconn.dev/timeout": "5s" });
  assert.equal(limited?.kind === "api" && limited.settings.timeout, 5000);
  assert.equal(same, stock);
  const [both, other] = annotate({ "appconn.dev/timeout": "1s", "orders.appconn.dev/timeout": "5s" });
  assert.notEqual(both, limited);
  assert.equal(other?.kind === "api" && other.settings.timeout, 1000);
  const [back] = annotate({});
  assert.deepEqual(back?.kind === "api" && back.settings, {});
});

test("compile - settings without effect are told once, however often services change", (context) => {
  const scene = incremental(context);
  const annotations = { "prices.appconn.dev/timeout": "1s", "appconn.dev/time-out": "1s" };
  scene.compile({ services: [service("Orders", [{}], "1")] }, annotations);
  scene.compile({ services: [service("Orders", [{}], "1"), service("Stock", [{}], "2")] }, annotations);
  assert.deepEqual(scene.warnings, [
    'shop: metadata.annotations: "appconn.dev/time-out": there is no such setting',
    "shop: metadata.annotations: prices.appconn.dev: there is no such API",
  ]);
});

test("compile - one service object that stands twice is as ambiguous as two", (context) => {
  const orders = service("Orders", [{}], "1");
  const compiled = incremental(context).compile({ services: [orders, orders] });
  assert.equal(compiled.byService.get("orders")?.kind, "ambiguous");
});

/** What an Application resolves, in an order that does not depend on how it came about. */
function resolved({ byService, byEntry, byHost, apis, secretNames }: CompiledApplication) {
  const sorted = <Value>(map: ReadonlyMap<string, Value>) =>
    [...map].toSorted(([a], [b]) => (a < b ? -1 : 1));
  return [sorted(byService), sorted(byEntry), sorted(byHost), new Set(apis), new Set(secretNames)];
}

test("compile - services that are added to what was compiled leave what compiling all of it gives", (context) => {
  const { parts, secret } = incremental(context);
  const names = fc.constantFrom("Orders", "orders", "Stock", "注文", "顧客", "Price list");
  const entry = fc.constantFrom<Partial<ApplicationEntry>>({}, { name: "a" }, { name: "b" }, withBasic, {
    type: "Events",
  });
  const one = fc.tuple(
    names,
    fc.array(entry, { maxLength: 2 }),
    fc.constantFrom("1", "2", "A-3", "a-3", "!"),
  );
  fc.assert(
    fc.property(fc.array(one, { maxLength: 6 }), fc.nat(6), (all, count) => {
      const services = all.map(([name, entries, id]) => service(name, entries, id));
      const find = () => secret;
      const compiled = compileApplication(anApplication({ services: services.slice(0, count) }), find, parts);
      const before = resolved(compiled);
      const application = anApplication({ services });
      const added = extendApplication(compiled, application, { findSecret: find, context: parts });
      if (added) {
        assert.deepEqual(resolved(compiled), resolved(compileApplication(application, find, parts)));
        assert.equal(added.length, Math.max(0, services.length - count));
      } else assert.deepEqual(resolved(compiled), before);
    }),
  );
});

test("compile - a service that is added to others is all that is compiled, unless something else differs", (context) => {
  const { parts, secret } = incremental(context);
  const [orders, stock, price] = ["Orders", "Stock", "Price"].map((name, index) =>
    service(name, [{}], `${index}`),
  );
  const extended = (from: ApplicationSpec, to: ApplicationSpec) => {
    const compiled = compileApplication(anApplication(from), () => secret, parts);
    const application = anApplication(to);
    const added = extendApplication(compiled, application, { findSecret: () => secret, context: parts });
    return added?.map(({ host }) => host);
  };
  assert.ok(orders && stock && price);
  assert.deepEqual(extended({ services: [orders, stock] }, { services: [orders, stock, price] }), ["shop-2"]);
  assert.deepEqual(extended({ services: [orders] }, { services: [orders], description: "other" }), []);
  assert.equal(extended({ services: [orders, stock] }, { services: [stock, price] }), undefined);
  assert.equal(extended({ services: [orders, stock] }, { services: [orders] }), undefined);
  assert.equal(extended({ services: [orders] }, { services: [orders, stock], skipVerify: true }), undefined);
  assert.equal(extended({ services: [orders] }, { services: [orders, orders] }), undefined);
});

const withBasic = { credentials: { type: "Basic", secretName: "basic" } } as const;

/** Compiles one Application again and again, as it changes. */
function incremental(context: TestContext) {
  const policy = new EgressPolicy([]);
  const connections = { pool: () => assert.fail("compiling calls nobody") };
  const credentials = new Credentials({ connections, policy, clock: systemClock, timeout: 1000 });
  context.after(() => credentials.close());
  const warnings: string[] = [];
  const warn = (application: string, message: string) => void warnings.push(`${application}: ${message}`);
  const parts = { credentials, policy, limits: new LimitStates(), warn };
  const scene = {
    parts,
    warnings,
    secret: secretOf("basic", { username: "u", password: "p" }),
    compile: (spec: ApplicationSpec, annotations: Readonly<Record<string, string>> = {}) =>
      compileApplication(anApplication(spec, annotations), () => scene.secret, parts),
  };
  return scene;
}
