import assert from "node:assert/strict";
import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, suite, test } from "node:test";
import { curl } from "../doubles/external-system.ts";
import { application, ServedInstallation } from "../doubles/served-installation.ts";
import { startLosingProxy } from "../doubles/losing-proxy.ts";
import { appconn } from "./appconn-process.ts";

const SERVICE = `
provider: Acme
name: Orders API
description: All about orders
identifier: acme-orders
api:
  targetUrl: https://orders.example.com/v2
  credentials:
    basic:
      username: anna
      password: kanarienvogel
`;

const OPENAPI = `
openapi: 3.0.0
info: { title: Orders, version: "1" }
paths:
  /orders: { get: { responses: { "200": { description: All } } } }
components:
  schemas:
    Id: { type: integer, maximum: 9223372036854775807 }
`;

const ASYNCAPI = { asyncapi: "2.0.0", info: { title: "Orders", version: "1" }, channels: {} };

/** What the two commands print, against a server process. */
suite("appconn register and api list", () => {
  let served: ServedInstallation;
  let identity: string;

  before(async () => {
    served = await ServedInstallation.start();
    await served.apply(...["shop", "empty"].map((name) => application(name)));
    identity = join(served.path, "shop");
    const link = (await served.administer(["token", "create", "shop"])).trim();
    const { code, stderr } = await appconn(["connect", link, "--out", identity]);
    assert.equal(code, 0, stderr);
  });
  after(() => served[Symbol.asyncDispose]());

  function file(name: string, content: unknown): string {
    const path = join(served.path, name);
    writeFileSync(path, typeof content === "string" ? content : JSON.stringify(content));
    return path;
  }

  const register = (words: readonly string[], input = "") =>
    appconn(["register", identity, ...words], { input });

  async function registered(words: readonly string[], input = ""): Promise<string> {
    const { code, stdout, stderr } = await register(words, input);
    assert.equal(code, 0, stderr);
    return stdout;
  }

  async function refused(words: readonly string[], input = ""): Promise<string> {
    const { code, stdout, stderr } = await register(words, input);
    assert.deepEqual([code, stdout], [1, ""], stderr);
    return stderr;
  }

  /** What the registry itself answers, as JSON text. */
  async function metadata(path = ""): Promise<string> {
    const { urls } = JSON.parse(readFileSync(join(identity, "connection.json"), "utf8")) as {
      urls: { metadataUrl: string };
    };
    const files = ["--cert", join(identity, "client.crt"), "--key", join(identity, "client.key")];
    const { status, body } = await curl(served, ...files, `${urls.metadataUrl}${path}`);
    assert.equal(status, 200, body);
    return body;
  }

  const listed = async () =>
    JSON.parse(await metadata()) as { id: string; name: string; description: string }[];

  const list = (...words: readonly string[]) => served.administer(["api", "list", ...words]);

  test("register - a service is registered, and replaced by its identifier when it is registered again", async () => {
    const path = file("service.yaml", SERVICE);
    const [, id = ""] = /^registered Orders API: id ([0-9a-f-]{36})\n$/.exec(await registered([path])) ?? [];
    const [service] = await listed();
    assert.deepEqual([service?.id, service?.description], [id, "All about orders"]);
    file("service.yaml", SERVICE.replace("All about orders", "Some more"));
    assert.equal(await registered([path]), `replaced Orders API: id ${id}\n`);
    assert.equal(await registered([path, "-o", "json"]), `{"id":"${id}","created":false,"warnings":[]}\n`);
    assert.equal(await registered([path, "-o", "id"]), `${id}\n`);
    const services = await listed();
    assert.deepEqual(
      services.map(({ description }) => description),
      ["Some more"],
    );
  });

  test("register - JSON from standard input makes a service, and --id replaces that one", async () => {
    const service = { provider: "Acme", name: "Goods", description: "d", events: { spec: ASYNCAPI } };
    const id = (await registered(["-", "-o", "id"], JSON.stringify(service))).trim();
    const changed = { ...service, description: "changed" };
    assert.equal(await registered(["-", "--id", id], JSON.stringify(changed)), `replaced Goods: id ${id}\n`);
    const services = await listed();
    assert.equal(services.find((one) => one.id === id)?.description, "changed");
    assert.equal(services.filter(({ name }) => name === "Goods").length, 1);
  });

  test("register - a dry run tells what is wrong with the documents, and registers nothing", async () => {
    const state = await metadata();
    const plain = {
      provider: "Acme",
      name: "Tried",
      description: "d",
      api: { targetUrl: "http://a.example" },
    };
    const definition = file("tried.json", plain);
    const events = file("broken.yaml", "asyncapi: 2.0.0\ninfo: { title: Orders }\nchannels: {}\n");
    const words = [definition, "--events", events, "--dry-run"];
    const { code, stdout, stderr } = await register(words);
    assert.equal(code, 0, stderr);
    assert.match(
      stdout,
      /^TYPE +FILE +PHASE +BYTES +ERRORS +WARNINGS\nasyncapi +asyncApiSpec.json +Failed +\d+ +1 +0\n/,
    );
    assert.match(
      stdout,
      /\nTYPE +SEVERITY +LINE +PATH +MESSAGE\nasyncapi +error +1 +\/info +It must have [^\n]+\n/,
    );
    assert.match(stdout, /\nTried would be registered\n$/);
    assert.match(stderr, /^warning: The API is called without credentials\nwarning: /);
    const { dryRun, documents } = JSON.parse(await registered([...words, "-o", "json"])) as {
      dryRun: boolean;
      documents: object[];
    };
    assert.deepEqual([dryRun, documents.length], [true, 1]);
    assert.match(
      await refused([file("none.json", { name: "none" }), "--dry-run"]),
      /Provider field cannot be empty/,
    );
    assert.equal((await register([...words, "-o", "id"])).code, 2);
    assert.equal(await metadata(), state);
    const id = (await registered([definition, "-o", "id"])).trim();
    assert.equal(
      await registered([definition, "--id", id, "--dry-run"]),
      `Tried would be replaced: id ${id}\n`,
    );
  });

  test("register - an answer that is lost on the way costs no second service", async () => {
    const connection = JSON.parse(readFileSync(join(identity, "connection.json"), "utf8")) as {
      urls: { metadataUrl: string };
    };
    const url = new URL(connection.urls.metadataUrl);
    // Larger than all that is said before it, so that the proxy knows when it has passed.
    const description = "long ".repeat(40_000);
    await using losing = await startLosingProxy(Number(url.port), description.length);
    const elsewhere = join(served.path, "elsewhere");
    cpSync(identity, elsewhere, { recursive: true, dereference: true });
    url.port = String(losing.port);
    const urls = { ...connection.urls, metadataUrl: url.href };
    writeFileSync(join(elsewhere, "connection.json"), JSON.stringify({ ...connection, urls }));
    const path = file("lost.json", {
      provider: "Acme",
      name: "Lost",
      description,
      events: { spec: ASYNCAPI },
    });
    const { code, stdout, stderr } = await appconn(["register", elsewhere, path, "-o", "id"]);
    assert.equal(code, 0, stderr);
    assert.equal(losing.lost, 1);
    const services = (await listed()).filter(({ name }) => name === "Lost");
    assert.deepEqual(
      services.map(({ id }) => `${id}\n`),
      [stdout],
    );
  });

  test("register - documents come from files of their own, and numbers in them stay what they were", async () => {
    const plain = { provider: "Acme", name: "Documented", description: "d" };
    const api = { targetUrl: "https://documented.example.com", spec: { openapi: "replaced" } };
    const definition = file("documented.json", { ...plain, api });
    const spec = file("openapi.yaml", OPENAPI);
    const events = file("asyncapi.json", ASYNCAPI);
    const words = [definition, "--spec", spec, "--events", events, "-o", "id"];
    const id = (await registered(words)).trim();
    const text = await metadata(`/${id}`);
    const shown = JSON.parse(text) as {
      api: { targetUrl: string; spec: { paths: object } };
      events: unknown;
    };
    assert.equal(shown.api.targetUrl, "https://documented.example.com");
    assert.deepEqual(Object.keys(shown.api.spec.paths), ["/orders"]);
    assert.deepEqual(shown.events, { spec: ASYNCAPI });
    assert.match(text, /"maximum":9223372036854775807\}/);
  });

  test("register - what the server advises against is told beside the result", async () => {
    const open = {
      ...{ provider: "Acme", name: "Open", description: "d" },
      api: { targetUrl: "http://open.example.com" },
    };
    const { code, stdout, stderr } = await register(["-"], JSON.stringify(open));
    assert.equal(code, 0, stderr);
    assert.match(stdout, /^registered Open: id \S+\n$/);
    assert.equal(
      stderr,
      "warning: The API is called without credentials\nwarning: The target is called without TLS\n",
    );
  });

  test("register - what the server refuses is told in its words, and nothing is registered", async () => {
    const known = await listed();
    assert.match(
      await refused(["-"], "{name: Orders}"),
      /^\S+ answered 400 to POST \/shop\/v1\/metadata\/services: Failed to validate request body, Incorrect structure of service definition, Provider field cannot be empty\.;Description field cannot be empty\.\n$/,
    );
    const other = JSON.stringify({ provider: "a", name: "Goods", description: "d", events: { spec: {} } });
    assert.match(
      await refused(["-", "--id", "nobody"], other),
      /answered 404 to PUT \/shop\/v1\/metadata\/services\/nobody: Updating nobody service failed, .*Service with ID nobody not found\n$/,
    );
    assert.deepEqual(await listed(), known);
  });

  test("register - a file that is missing or holds no object, and a directory without identity, are named", async () => {
    assert.equal(
      await refused(["/nowhere/service.yaml"]),
      'error: the path "/nowhere/service.yaml" does not exist\n',
    );
    assert.equal(await refused(["-"], "- a\n"), "error: STDIN: no object is in it\n");
    assert.equal(await refused(["-"], ""), "error: STDIN: no object is in it\n");
    assert.match(await refused(["-"], "a: [\n"), /^error: STDIN: .* at line \d+, column \d+:?\n$/);
    const { code, stderr } = await appconn(["register", join(served.path, "nobody"), "-"], {
      input: "{a: 1}",
    });
    assert.equal(code, 1);
    assert.match(stderr, /nobody/);
    assert.doesNotMatch(stderr, /\n +at /, "no stack");
  });

  test("api list - a table for people, its forms for programs, and no credential in any", async () => {
    await registered(["-"], SERVICE);
    const table = await list("shop", "-o", "table");
    assert.match(table, /^NAME +OFFERS +CREDENTIALS +CALLED AT\n/);
    assert.match(table, /^Orders API +API +Basic +http:\/\/localhost:\d+\/shop\/orders-api$/m);
    const wide = await list("shop", "-o", "wide");
    assert.match(
      wide,
      /^Orders API .* Acme +acme-orders +https:\/\/orders\.example\.com\/v2 +[0-9a-f-]{36}$/m,
    );
    assert.doesNotMatch(await list("shop", "-o", "table", "--no-headers"), /NAME/);
    const services = await listed();
    assert.deepEqual(
      (await list("shop", "-o", "name")).trim().split("\n"),
      services.map(({ id }) => id),
    );
    const json = await list("shop");
    const { items } = JSON.parse(json) as { items: { id: string }[] };
    assert.deepEqual(
      items.map(({ id }) => id),
      services.map(({ id }) => id),
    );
    assert.match(await list("shop", "-o", "yaml"), /^items:\n +- id: [0-9a-f-]{36}\n/);
    for (const text of [table, wide, json]) assert.doesNotMatch(text, /kanarienvogel/);
  });

  test("api list - an API that people have applied themselves is called where the gateway has it", async () => {
    const entries = [{ type: "API", targetUrl: "https://a.example.com" }];
    const service = { id: "1", name: "By Hand", displayName: "By hand", description: "-", entries };
    const spec = { services: [{ ...service, providerDisplayName: "-" }] };
    await served.apply(application("by-hand", spec));
    const table = await list("by-hand", "-o", "table");
    assert.match(table, /^By hand +API +none +http:\/\/localhost:\d+\/by-hand\/by-hand\/$/m);
  });

  test("api list - one that has registered nothing, and one that is not there, are told apart", async () => {
    const nothing = await served.launchCommand(["api", "list", "empty", "-o", "table"]);
    assert.deepEqual([nothing.code, nothing.stdout], [0, ""]);
    assert.equal(nothing.stderr, "empty has registered nothing\n");
    assert.deepEqual(JSON.parse(await list("empty")), { items: [] });
    const missing = await served.launchCommand(["api", "list", "nobody"]);
    assert.equal(missing.code, 1);
    assert.match(missing.stderr, /"nobody" not found/);
  });
});
