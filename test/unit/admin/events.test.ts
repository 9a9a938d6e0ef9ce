import assert from "node:assert/strict";
import { after, before, suite, test } from "node:test";
import { ask } from "../../doubles/admin-client.ts";
import { startAdminServer, type AdminServer } from "../../doubles/admin-server.ts";

const EVENTS = "/api/v1/namespaces/default/events";
const SYSTEM_EVENTS = "/api/v1/namespaces/kube-system/events";
const TABLE = "application/json;as=Table;v=v1;g=meta.k8s.io";

const shop = {
  apiVersion: "applicationconnector.kyma-project.io/v1alpha1",
  kind: "Application",
  name: "shop",
  uid: "u-1",
};

function event(name: string, rest: object = {}) {
  return { apiVersion: "v1", kind: "Event", metadata: { name }, involvedObject: shop, ...rest };
}

/** In the form that the newer API of Events asks for. */
const newer = {
  eventTime: "2026-01-02T03:04:05.678901Z",
  reportingComponent: "gateway",
  reportingInstance: "gateway-0",
  action: "Calling",
  reason: "TargetMissing",
  type: "Warning",
  message: "no such host",
};

suite("events", () => {
  let server: AdminServer;
  before(async () => {
    server = await startAdminServer();
  });
  after(async () => {
    await server[Symbol.asyncDispose]();
    assert.deepEqual(server.surprises, []);
  });

  test("events - an Event is kept in the form of an API server, with its times in UTC", async () => {
    const { status, body } = await ask(server, EVENTS, {
      body: event("times", {
        firstTimestamp: "2026-01-02T03:04:05.678+01:00",
        series: { count: 2, lastObservedTime: "2026-01-02T03:04:05.5Z" },
      }),
    });
    assert.equal(status, 201);
    const { metadata: _metadata, ...rest } = body as unknown as Record<string, unknown>;
    assert.deepEqual(rest, {
      apiVersion: "v1",
      kind: "Event",
      involvedObject: shop,
      source: {},
      firstTimestamp: "2026-01-02T02:04:05Z",
      lastTimestamp: null,
      eventTime: null,
      series: { count: 2, lastObservedTime: "2026-01-02T03:04:05.500000Z" },
      reportingComponent: "",
      reportingInstance: "",
    });
  });

  test("events - what is about an object in no namespace lies in the namespace default", async () => {
    const elsewhere = await ask(server, SYSTEM_EVENTS, { body: event("shop") });
    assert.equal(elsewhere.status, 422);
    assert.equal(
      elsewhere.body.message,
      'Event "shop" is invalid: involvedObject.namespace: Invalid value: "": does not match event.namespace',
    );
    const inOther = { involvedObject: { ...shop, namespace: "default" } };
    assert.equal((await ask(server, SYSTEM_EVENTS, { body: event("shop", inOther) })).status, 422);
    const inSame = { involvedObject: { ...shop, namespace: "kube-system" } };
    assert.equal((await ask(server, SYSTEM_EVENTS, { body: event("shop", inSame) })).status, 201);
    assert.equal((await ask(server, SYSTEM_EVENTS, { body: event("newer", newer) })).status, 201);
  });

  test("events - one with an eventTime must say who saw what", async () => {
    const bare = await ask(server, EVENTS, { body: event("bare", { eventTime: newer.eventTime }) });
    assert.equal(bare.status, 422);
    assert.deepEqual(
      bare.body.details.causes.map(({ field, reason }) => `${reason} ${field}`),
      [
        "FieldValueRequired reportingComponent",
        "FieldValueInvalid reportingComponent",
        "FieldValueInvalid reportingComponent",
        "FieldValueRequired reportingInstance",
        "FieldValueRequired action",
        "FieldValueRequired reason",
      ],
    );
    const long = { ...newer, action: "a".repeat(129), message: "m".repeat(1025) };
    const { body } = await ask(server, EVENTS, { body: event("long", long) });
    assert.deepEqual(
      body.details.causes.map(({ field, message }) => `${field}: ${message}`),
      [
        'action: Invalid value: "": can have at most 128 characters',
        'message: Invalid value: "": can have at most 1024 characters',
      ],
    );
  });

  test("events - a value of the wrong type is no Event at all", async () => {
    const wrong = [
      { reason: 5 },
      { count: "x" },
      { count: 3_000_000_000 },
      { lastTimestamp: "yesterday" },
      { eventTime: 5 },
      { involvedObject: "shop" },
    ];
    for (const fields of wrong) {
      // eslint-disable-next-line no-await-in-loop -- one after the other
      const { status, body } = await ask(server, EVENTS, { body: event("wrong", fields) });
      assert.equal(status, 400, JSON.stringify(fields));
      assert.match(body.message, /^Event in version "v1" cannot be handled as a Event: /);
    }
  });

  test("events - the table shows what kubectl prints, whichever form an Event has", async () => {
    const times = { firstTimestamp: "2026-01-02T03:04:05Z", lastTimestamp: "2026-01-02T03:04:05Z" };
    const old = { reason: "SecretMissing", type: "Warning", message: " m\n", count: 3, ...times };
    const source = { source: { component: "gateway", host: "h" } };
    await ask(server, EVENTS, { body: event("t-old", { ...old, ...source }) });
    const series = { count: 4, lastObservedTime: "2026-01-02T03:05:05.000000Z" };
    await ask(server, EVENTS, { body: event("t-new", { ...newer, series }) });
    await ask(server, EVENTS, { body: event("t-none", { involvedObject: { kind: "Namespace" } }) });
    const rows = await cells("metadata.name=t-old");
    const age = rows[0]?.[0];
    assert.match(String(age), /^\d+d$|^\d+y/);
    assert.deepEqual(rows, [
      [age, "Warning", "SecretMissing", "application/shop", "", "gateway, h", "m", age, 3, "t-old"],
    ]);
    assert.deepEqual((await cells("metadata.name=t-new"))[0]?.slice(5), [
      ...["gateway, gateway-0", "no such host", age, 4, "t-new"],
    ]);
    const unknown = "<unknown>";
    assert.deepEqual(await cells("metadata.name=t-none"), [
      [unknown, "", "", "namespace", "", "", "", unknown, 1, "t-none"],
    ]);
  });

  test("events - are found by the object that they are about, and by what they say", async () => {
    const about = { involvedObject: { ...shop, name: "books", fieldPath: "spec.services" } };
    await ask(server, EVENTS, { body: event("f-old", { ...about, reason: "Odd", type: "Normal" }) });
    await ask(server, EVENTS, { body: event("f-new", { ...about, ...newer }) });
    const inBooks = (fields: string) => names(`involvedObject.name=books,${fields}`);
    assert.deepEqual(await inBooks("involvedObject.namespace=,involvedObject.kind=Application"), [
      "f-new",
      "f-old",
    ]);
    assert.deepEqual(await inBooks("involvedObject.uid=u-1,involvedObject.resourceVersion="), [
      "f-new",
      "f-old",
    ]);
    assert.deepEqual(await inBooks(`involvedObject.apiVersion!=${shop.apiVersion}`), []);
    assert.deepEqual(await inBooks("involvedObject.fieldPath!=spec.services"), []);
    assert.deepEqual(await inBooks("reason=Odd"), ["f-old"]);
    assert.deepEqual(await inBooks("type=Warning"), ["f-new"]);
    assert.deepEqual(await inBooks("source=gateway"), ["f-new"]);
    assert.deepEqual(await inBooks("reportingComponent="), ["f-old"]);
    const other = await ask(server, `${EVENTS}?fieldSelector=message%3Dm`);
    assert.equal(other.status, 400);
    assert.equal(other.body.message, "field label not supported: message");
  });

  test("events - a strategic merge counts one on, and takes its fields apart", async () => {
    await ask(server, EVENTS, { body: event("merged", { count: 1, source: { component: "a", host: "h" } }) });
    const { status, body } = await ask(server, `${EVENTS}/merged`, {
      method: "PATCH",
      headers: { "content-type": "application/strategic-merge-patch+json" },
      body: { count: 2, source: { host: null } },
    });
    assert.equal(status, 200);
    const { count, source } = body as unknown as { count: number; source: object };
    assert.deepEqual({ count, source }, { count: 2, source: { component: "a" } });
  });

  async function cells(fieldSelector: string): Promise<readonly unknown[][]> {
    const query = `fieldSelector=${encodeURIComponent(fieldSelector)}`;
    const { body } = await ask(server, `${EVENTS}?${query}`, { headers: { accept: TABLE } });
    return body.rows.map((row) => [...row.cells]);
  }

  async function names(fieldSelector: string): Promise<readonly unknown[]> {
    const { status, body } = await ask(
      server,
      `/api/v1/events?fieldSelector=${encodeURIComponent(fieldSelector)}`,
    );
    assert.equal(status, 200, body.message);
    return body.items.map(({ metadata }) => metadata["name"]);
  }
});
