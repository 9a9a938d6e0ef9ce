import { deepEqual, equal, match, ok } from "node:assert/strict";
import { test } from "node:test";
import { configMapKind } from "../../../src/core/resources/config-map.ts";
import { readWebhooks } from "../../../src/documents/webhooks/read-webhooks.ts";
import type { DocumentsOptions } from "../../../src/documents/options.ts";
import { readAll, RunningDocuments } from "../../doubles/documents.ts";
import { eventually } from "../../doubles/eventually.ts";
import { openOutbound } from "../../doubles/outbound.ts";
import { startTarget, type Answering, type Target } from "../../doubles/target.ts";

const ID = "orders-1";
const EVENTS = '{"asyncapi":"1.2.0","info":{"title":"E","version":"1"},"topics":{"a.b":{"subscribe":{}}}}';

interface Opened extends AsyncDisposable {
  readonly running: RunningDocuments;
  readonly server: Target;
  /** Publishes the events, and gives phase and reason of what became of them. */
  review(): Promise<readonly unknown[]>;
}

/** Documents whose webhooks are all at one server, `lists` being what the ConfigMap says of events. */
async function open(
  answering: Answering,
  lists: (url: string) => unknown,
  options: Partial<DocumentsOptions> = {},
): Promise<Opened> {
  await using stack = new AsyncDisposableStack();
  const server = stack.use(await startTarget(answering));
  const outbound = stack.use(await openOutbound());
  const settings = { webhookConfigMap: "default/hooks", ...options };
  const running = stack.use(await RunningDocuments.open({ services: [ID], outbound, options: settings }));
  await running.store.collection(configMapKind).create({
    metadata: { namespace: "default", name: "hooks" },
    data: { asyncapi: JSON.stringify(lists(server.url)) },
  });
  const moved = stack.move();
  return {
    running,
    server,
    async review() {
      const document = {
        type: "asyncapi" as const,
        fileName: "asyncApiSpec.json",
        content: Buffer.from(EVENTS),
      };
      const group = { application: "shop", serviceId: ID, displayName: "", description: "" };
      await running.services.publish(group, await running.services.stage([document]));
      return await eventually(
        async () => {
          const [asset] = await running.assets();
          ok(asset?.status && asset.status.reason !== "Scheduled");
          return [asset.status.phase, asset.status.reason];
        },
        { timeout: 60_000 },
      );
    },
    [Symbol.asyncDispose]: () => moved.disposeAsync(),
  };
}

/** What a webhook was sent. */
async function formOf(call: Parameters<Answering>[0]): Promise<FormData> {
  const type = call.header("content-type") ?? "";
  const body = Buffer.from(await call.text(), "latin1");
  // oxlint-disable-next-line typescript/no-deprecated -- what was sent here is what the test made
  return await new Response(body, { headers: { "Content-Type": type.trim() } }).formData();
}

const pathOf = (call: Parameters<Answering>[0]) => call.head.startLine.split(" ")[1] ?? "";

test("webhooks - a document is changed, judged and described, in this order, by the contract of Rafter", async () => {
  const told: unknown[] = [];
  const answering: Answering = async (call) => {
    const form = await formOf(call);
    const file = form.get("content") ?? form.get("asyncApiSpec.json");
    ok(file instanceof File);
    told.push([pathOf(call), file.name, form.get("parameters"), (await file.text()).slice(0, 24)]);
    if (pathOf(call) === "/change") await call.respond(200, {}, '{"asyncapi":"2.0.0","by":"us"}');
    else if (pathOf(call) === "/keep") await call.respond(304, {}, "");
    else if (pathOf(call) === "/judge") await call.respond(200, {}, "");
    else {
      const data = [{ filePath: "asyncApiSpec.json", metadata: { owner: "team violet", count: 3 } }];
      await call.respond(200, {}, JSON.stringify({ data }));
    }
  };
  await using opened = await open(answering, (url) => ({
    mutations: [{ url: `${url}/change`, parameters: { deep: { a: 1 } } }, { url: `${url}/keep` }],
    validations: [{ url: `${url}/judge` }, { url: `${url}/never`, filter: "\\.md$" }],
    metadataExtractors: [{ url: `${url}/describe` }],
  }));
  deepEqual(await opened.review(), ["Ready", "Uploaded"]);
  const changed = '{"asyncapi":"2.0.0","by":';
  deepEqual(told, [
    ["/change", "asyncApiSpec.json", '{"deep":{"a":1}}', '{\n  "asyncapi": "2.0.0",\n'.slice(0, 24)],
    ["/keep", "asyncApiSpec.json", "", changed.slice(0, 24)],
    ["/judge", "asyncApiSpec.json", "", changed.slice(0, 24)],
    ["/describe", "asyncApiSpec.json", null, changed.slice(0, 24)],
  ]);
  const [asset] = await opened.running.assets();
  const metadata = asset?.status?.assetRef?.files?.[0]?.metadata;
  deepEqual([metadata?.["owner"], metadata?.["count"], metadata?.["title"]], ["team violet", "3", "E"]);
  const published = await opened.running.catalog.published("shop", ID, "asyncapi");
  equal(Buffer.from(published?.content ?? []).toString(), '{"asyncapi":"2.0.0","by":"us"}');
  const [kept] = await readAll(opened.running.services, ID);
  equal(Buffer.from(kept?.content ?? []).toString(), EVENTS);
});

test("webhooks - what one refuses to change is final, and says why in the words of Rafter", async () => {
  await using opened = await open(
    async (call) => {
      await call.body;
      await call.respond(422, {}, "nobody can read this");
    },
    (url) => ({ mutations: [{ url: `${url}/a?key=secret` }, { url: `${url}/b` }] }),
  );
  deepEqual(await opened.review(), ["Failed", "MutationFailed"]);
  equal(opened.server.calls.length, 1);
  const [asset] = await opened.running.assets();
  equal(
    asset?.status?.message,
    `Asset mutation failed due to map[${opened.server.url}/a:[{Filename:asyncApiSpec.json Message:nobody can read this}]]`,
  );
});

test("webhooks - all that judge are asked, and what they say is among the findings", async () => {
  await using opened = await open(
    async (call) => {
      await call.body;
      await call.respond(422, {}, `no from ${pathOf(call)}`);
    },
    (url) => ({ validations: [{ url: `${url}/a` }, { url: `${url}/b` }] }),
  );
  deepEqual(await opened.review(), ["Failed", "ValidationFailed"]);
  const findings = (await opened.running.catalog.findings("shop", ID, "asyncapi")) ?? [];
  const errors = findings.filter(({ severity }) => severity === "error");
  deepEqual(
    errors.map(({ message }) => message.replace(/^.*: /, "")),
    ["no from /a", "no from /b"],
  );
});

test("webhooks - one that fails is called three times, and asked again by the next start", async () => {
  let status = 503;
  await using opened = await open(
    async (call) => {
      await call.body;
      await call.respond(status, {}, "<html>");
    },
    (url) => ({ validations: [{ url }] }),
  );
  deepEqual(await opened.review(), ["Failed", "ValidationError"]);
  equal(opened.server.calls.length, 3);
  const [asset] = await opened.running.assets();
  match(asset?.status?.message ?? "", /status 503$/);
  status = 200;
  await opened.running.stop();
  await opened.running.start();
  await eventually(async () => equal((await opened.running.assets())[0]?.status?.phase, "Ready"));
});

for (const { name, answering, options, reason } of [
  {
    name: "never answers",
    answering: () => {},
    options: { webhookTimeout: 50 },
    reason: /no answer within 50ms$/,
  },
  {
    name: "answers more than a file may have",
    answering: async (call: Parameters<Answering>[0]) => {
      await call.body;
      await call.respond(200, {}, "x".repeat(2048));
    },
    options: { maxFileSize: 1024 },
    reason: /1024 bytes/,
  },
]) {
  test(`webhooks - one that ${name} keeps nobody waiting`, async () => {
    await using opened = await open(answering, (url) => ({ mutations: [{ url }] }), options);
    deepEqual(await opened.review(), ["Failed", "MutationError"]);
    match((await opened.running.assets())[0]?.status?.message ?? "", reason);
  });
}

test("webhooks - forbidden addresses and a ConfigMap that cannot be read are told", async () => {
  const never: Answering = () => {};
  await using forbidden = await open(never, () => ({
    validations: [{ url: "http://[::ffff:169.254.169.254]/" }],
  }));
  deepEqual(await forbidden.review(), ["Failed", "ValidationError"]);
  match((await forbidden.running.assets())[0]?.status?.message ?? "", /egress policy refuses/);
  await using unreadable = await open(never, () => ({ validations: 1 }));
  deepEqual(await unreadable.review(), ["Failed", "ValidationError"]);
  match((await unreadable.running.assets())[0]?.status?.message ?? "", /have validations that are no list$/);
});

test("webhooks - a ConfigMap says where they are, by Service or URL, and what is wrong with it", () => {
  const read = readWebhooks(
    JSON.stringify({
      validations: [{ name: "check", namespace: "kyma-system", endpoint: "/v1/validate" }],
      x: 1,
    }),
  );
  ok(read.kind === "webhooks");
  const [webhook] = read.webhooks.validations;
  deepEqual(
    [webhook?.shown, webhook?.url, read.webhooks.mutations],
    ["kyma-system/check/v1/validate", "http://check.kyma-system.svc.cluster.local/v1/validate", []],
  );
  const wrong: readonly (readonly [unknown, RegExp])[] = [
    ["{", /^are no JSON$/],
    [[], /^are no JSON object$/],
    [{ mutations: {} }, /^have mutations that are no list$/],
    [{ mutations: [1] }, /one is no object$/],
    [{ mutations: [{ name: "a" }] }, /neither a url nor/],
    [{ mutations: [{ name: "a.b/@evil.example", namespace: "x" }] }, /neither a url nor/],
    [{ mutations: [{ url: "file:///etc/passwd" }] }, /neither http nor https$/],
    [{ mutations: [{ url: "http://a.example", filter: "(" }] }, /no regular expression$/],
    [{ mutations: [{ name: "a", namespace: "b", endpoint: "@c" }] }, /without a slash/],
    [{ metadataExtractors: Array.from({ length: 21 }, () => 1) }, /more than 20 metadataExtractors$/],
  ];
  for (const [value, reason] of wrong) {
    const refused = readWebhooks(typeof value === "string" ? value : JSON.stringify(value));
    match("reason" in refused ? refused.reason : "", reason);
  }
});
