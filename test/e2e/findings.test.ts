import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { eventually } from "../doubles/eventually.ts";
import { application, ServedInstallation } from "../doubles/served-installation.ts";

const PATH = "/apis/applicationconnector.kyma-project.io/v1alpha1/applications";

interface Told {
  readonly items: readonly {
    readonly type: string;
    readonly reason: string;
    readonly message: string;
    readonly count: number;
    readonly involvedObject: { readonly kind: string; readonly name: string };
  }[];
}

interface Stored {
  readonly metadata: { readonly generation: number; readonly resourceVersion: string };
  readonly status?: {
    readonly conditions?: readonly {
      readonly status: string;
      readonly reason: string;
      readonly message: string;
    }[];
  };
}

let installation: ServedInstallation;

before(async () => {
  installation = await ServedInstallation.start();
});

after(() => installation[Symbol.asyncDispose]());

async function stored(name: string): Promise<Stored> {
  return (await (await installation.admin("GET", `${PATH}/${name}`)).json()) as Stored;
}

/** Waits until the condition of an Application is that. */
async function judged(name: string, status: string, reason: string): Promise<Stored> {
  return eventually(
    async () => {
      const found = await stored(name);
      const [condition, ...others] = found.status?.conditions ?? [];
      assert.deepEqual([condition?.status, condition?.reason, others], [status, reason, []]);
      return found;
    },
    { timeout: 30_000, interval: 100 },
  );
}

function broken(name: string, secretName: string): unknown {
  const credentials = { type: "Basic", secretName };
  const entry = { type: "API", name: "v1", targetUrl: "https://erp.example/", credentials };
  const service = {
    id: "1",
    name: "orders",
    displayName: "Orders",
    providerDisplayName: "p",
    description: "d",
  };
  return application(name, { services: [{ ...service, entries: [entry] }] });
}

function secret(name: string): unknown {
  const metadata = { name, namespace: "kyma-system" };
  return { apiVersion: "v1", kind: "Secret", metadata, stringData: { username: "u", password: "canary" } };
}

test("findings - they stand in the status of their Application, are put right there, and lead to no further write", async () => {
  await installation.apply(application("clean"), broken("first", "first-secret"));
  await installation.apply(application("clean", { description: "two" }));
  const written = await judged("first", "False", "SecretNotFound");
  assert.match(
    written.status?.conditions?.[0]?.message ?? "",
    /^service Orders, API v1: .*'first-secret' not found$/,
  );
  assert.equal(written.metadata.generation, 2);
  assert.match(await installation.administer(["get", "app", "first", "-o", "table"]), / SecretNotFound /);
  assert.match(
    await installation.administer(["describe", "app/first"]),
    /Valid: +False \(SecretNotFound\) service Orders/,
  );

  // A look later than the one that the write itself has led to.
  await installation.apply(broken("second", "second-secret"));
  await judged("second", "False", "SecretNotFound");
  await installation.apply(broken("third", "third-secret"));
  await judged("third", "False", "SecretNotFound");
  assert.deepEqual((await stored("first")).metadata, written.metadata);

  await installation.apply(secret("first-secret"));
  const resolved = await judged("first", "True", "NoFindings");
  assert.equal(resolved.metadata.generation, 3);
  // What was never wrong has the generation that its author knows of.
  const clean = await stored("clean");
  assert.deepEqual([clean.metadata.generation, clean.status], [2, undefined]);
  assert.equal(installation.output.includes("canary"), false);
});

/** `type reason count` of the Events about an Application. */
async function eventsOf(served: ServedInstallation, name: string): Promise<string[]> {
  const query = `fieldSelector=involvedObject.kind%3DApplication%2CinvolvedObject.name%3D${name}`;
  const { items } = (await (await served.admin("GET", `/api/v1/events?${query}`)).json()) as Told;
  return items.map(({ type, reason, count }) => `${type} ${reason} ${count}`).toSorted();
}

test("findings - they are Events too, one for each until it changes, and one when all is right again", async () => {
  await installation.apply(broken("told", "told-secret"));
  const expected = ["Warning SecretNotFound 1"];
  await eventually(async () => assert.deepEqual(await eventsOf(installation, "told"), expected), {
    timeout: 30_000,
    interval: 100,
  });
  assert.match(
    await installation.administer(["describe", "app/told"]),
    /Warning SecretNotFound: .*'told-secret' not found/,
  );
  // Another look, which finds the same.
  await installation.apply(application("told-later"));
  await installation.admin("PATCH", `${PATH}/told`, { body: { spec: { description: "another" } } });
  await installation.apply(broken("told-next", "told-next-secret"));
  await eventually(
    async () => assert.deepEqual(await eventsOf(installation, "told-next"), ["Warning SecretNotFound 1"]),
    { timeout: 30_000, interval: 100 },
  );
  assert.deepEqual(await eventsOf(installation, "told"), expected);
  await installation.apply(secret("told-secret"));
  await eventually(
    async () =>
      assert.deepEqual(await eventsOf(installation, "told"), ["Normal FindingsResolved 1", ...expected]),
    { timeout: 30_000, interval: 100 },
  );
  assert.deepEqual(await eventsOf(installation, "told-later"), []);
});

test("findings - Applications that share the name of an Access Service are both told of it, and the one that stays when the other has gone", async () => {
  const cut = "of-two-that-are-cut-to-one";
  const service = { id: "1", name: "o", displayName: "Orders", providerDisplayName: "p", description: "d" };
  const entries = [{ type: "API", name: "v1", targetUrl: "https://erp.example/" }];
  const named = (name: string) => application(name, { services: [{ ...service, entries }] });
  await installation.apply(named(`${cut}-a`));
  // A look later than the first one at it.
  await installation.apply(broken("looked-at", "looked-at-secret"));
  await judged("looked-at", "False", "SecretNotFound");
  await installation.apply(named(`${cut}-b`));
  const told = await judged(`${cut}-b`, "True", "HostNameShared");
  assert.match(
    told.status?.conditions?.[0]?.message ?? "",
    /the host name 'of-two-that-are-cut-to-one-1' too/,
  );
  await judged(`${cut}-a`, "True", "HostNameShared");
  assert.equal((await installation.admin("DELETE", `${PATH}/${cut}-b`)).status, 200);
  await judged(`${cut}-a`, "True", "NoFindings");
});

test("findings - after a restart the conditions are what they were", async () => {
  const standing = await stored("second");
  await installation.stop();
  await installation.start();
  await installation.apply(broken("fourth", "fourth-secret"));
  await judged("fourth", "False", "SecretNotFound");
  assert.deepEqual((await stored("second")).metadata, standing.metadata);
});

test("findings - with operator.conditions=false Events tell alone", async () => {
  await using quiet = await ServedInstallation.start(["--operator-conditions=false"]);
  for (const name of ["first", "second"]) {
    // oxlint-disable-next-line no-await-in-loop -- the second is looked at when the first would have been written
    await quiet.apply(broken(name, "absent"));
    // oxlint-disable-next-line no-await-in-loop -- as above
    await eventually(
      async () => assert.deepEqual(await eventsOf(quiet, name), ["Warning SecretNotFound 1"]),
      { timeout: 30_000, interval: 100 },
    );
  }
  const answer = await quiet.admin("GET", `${PATH}/first`);
  const { metadata, status } = (await answer.json()) as Stored;
  assert.deepEqual([metadata.generation, status], [1, undefined]);
});
