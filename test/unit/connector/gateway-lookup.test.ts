import assert from "node:assert/strict";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { test, type TestContext } from "node:test";
import { call, connectorScene, forwarded, newToken } from "../../doubles/connector.ts";
import { TemporaryDirectory } from "../../doubles/temporary-directory.ts";

interface Service {
  readonly url: string;
  readonly seen: { readonly headers: IncomingHttpHeaders; readonly query: string }[];
  answer: { status: number; body: string };
}

const GATEWAY = "https://gateway.cluster-7.example.com";
const found = (gateway: unknown) =>
  JSON.stringify({ data: { applications: [{ groups: [{ clusters: [{ endpoints: { gateway } }] }] }] } });

async function lookupService(context: TestContext): Promise<Service> {
  const service: Service = { url: "", seen: [], answer: { status: 200, body: found(GATEWAY) } };
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      const { query } = JSON.parse(body) as { query: string };
      service.seen.push({ headers: request.headers, query });
      response.writeHead(service.answer.status);
      response.end(service.answer.body);
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  context.after(() => void server.close());
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/graphql`;
  return Object.assign(service, { url });
}

const HASH = "ab".repeat(32);
const INFO = "/v1/applications/management/info";
const central = (name: string) => forwarded(HASH, `CN=${name},OU=g,O=t,L=Waldorf,ST=Waldorf,C=DE`);

test("gateway lookup - the base of each Application's URLs is asked for, with the headers of the file", async (context) => {
  using directory = new TemporaryDirectory();
  const service = await lookupService(context);
  const headers = { Authorization: "Bearer lookup" };
  writeFileSync(join(directory.path, "config.json"), JSON.stringify({ url: service.url, headers }));
  for (const lookupConfigMapPath of [
    directory.path,
    `${directory.path}/`,
    join(directory.path, "config.json"),
  ]) {
    const scene = await connectorScene(context, { lookupEnabled: true, central: true, lookupConfigMapPath });
    const { text: body } = await call(scene.external, INFO, { headers: central("shop") });
    assert.match(body, new RegExp(`"metadataUrl":"${GATEWAY}/shop/v1/metadata/services"`));
  }
  assert.equal(service.seen[0]?.headers.authorization, "Bearer lookup");
  assert.match(service.seen[0].query, /where: \{accountId: "t", groupName: "g", appName: "shop"\}/);
});

test("gateway lookup - a name cannot end its text in the query", async (context) => {
  using directory = new TemporaryDirectory();
  const service = await lookupService(context);
  writeFileSync(join(directory.path, "config.json"), JSON.stringify({ url: service.url }));
  const scene = await connectorScene(context, {
    lookupEnabled: true,
    central: true,
    lookupConfigMapPath: directory.path,
  });
  await call(scene.external, INFO, { headers: central('a\\"}){x}') });
  assert.match(service.seen[0]?.query ?? "", /appName: "a\\"\}\)\{x\}"\}/);
});

test("gateway lookup - what is not known is empty, and a failure uses no token up", async (context) => {
  using directory = new TemporaryDirectory();
  const service = await lookupService(context);
  const file = join(directory.path, "config.json");
  writeFileSync(file, JSON.stringify({ url: service.url }));
  const scene = await connectorScene(context, { lookupEnabled: true, lookupConfigMapPath: file });
  const token = await newToken(scene);
  const ask = () => call(scene.external, `/v1/applications/signingRequests/info?token=${token}`);
  const failed = (reason: string) => `{"code":500,"error":"Could not fetch gateway URL. ${reason}"}\n`;
  service.answer = { status: 503, body: "" };
  assert.equal((await ask()).text, failed("the service answered 503"));
  service.answer = { status: 200, body: "{" };
  assert.equal((await ask()).text, failed("the service's answer is no JSON"));
  writeFileSync(file, '{"url": "secret-and-broken');
  assert.equal((await ask()).text, failed("The file of the service cannot be read: it is no JSON"));
  writeFileSync(file, JSON.stringify({ url: "http://127.0.0.1:1/" }));
  assert.match((await ask()).text, /^\{"code":500,"error":"Could not fetch gateway URL\. /);
  writeFileSync(file, JSON.stringify({ url: service.url }));
  service.answer = { status: 200, body: '{"data":{"applications":[]}}' };
  assert.match((await ask()).text, /"eventsInfoUrl":"","eventsUrl":"","metadataUrl":""/);
});
