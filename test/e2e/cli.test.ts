import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { eventually } from "../doubles/eventually.ts";
import { startAdminServer, type AdminServer } from "../doubles/admin-server.ts";
import { appconn, appconnPath, startProgram } from "./appconn-process.ts";

const GROUP = "applicationconnector.kyma-project.io";

let server: AdminServer;
let folder: string;

before(async () => {
  server = await startAdminServer();
  folder = await mkdtemp(join(tmpdir(), "appconn-cli-"));
});

after(async () => {
  assert.deepEqual(server.surprises, []);
  await server[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

const run = (words: readonly string[], input?: string) =>
  appconn(words, { env: { APPCONN_DATA_DIR: server.directory }, ...(input === undefined ? {} : { input }) });

function application(name: string, spec: object = {}, metadata: object = {}): string {
  const object = {
    apiVersion: `${GROUP}/v1alpha1`,
    kind: "Application",
    metadata: { name, ...metadata },
    spec,
  };
  return `${JSON.stringify(object)}\n`;
}

function secret(name: string, stringData: object): string {
  return `${JSON.stringify({ apiVersion: "v1", kind: "Secret", metadata: { name }, stringData })}\n`;
}

async function apply(input: string) {
  const result = await run(["apply", "-f", "-"], input);
  assert.equal(result.code, 0, result.stderr);
  return result.stdout;
}

test("apply - creates, then changes nothing, then changes what is different", async () => {
  const name = `application.${GROUP}/life`;
  assert.equal(await apply(application("life", { description: "one" })), `${name} created\n`);
  assert.equal(await apply(application("life", { description: "one" })), `${name} unchanged\n`);
  assert.equal(await apply(application("life", { description: "two" })), `${name} configured\n`);
  const { stdout } = await run(["get", "app/life"]);
  assert.equal(JSON.parse(stdout).spec.description, "two");
});

test("apply - what the last file said and this one does not goes, what others wrote stays", async () => {
  await apply(application("three", { description: "d", labels: { mine: "1", gone: "1" } }));
  const response = await server.fetch(`/apis/${GROUP}/v1alpha1/applications/three`, {
    method: "PATCH",
    headers: { "content-type": "application/merge-patch+json" },
    body: JSON.stringify({ spec: { labels: { theirs: "1" } } }),
  });
  assert.equal(response.status, 200);
  await apply(application("three", { labels: { mine: "1" } }));
  const { spec } = JSON.parse((await run(["get", "app", "three"])).stdout);
  assert.deepEqual(spec.labels, { mine: "1", theirs: "1" });
  assert.equal(spec.description, undefined);
});

test("apply - no value of a Secret is remembered in its annotation, and a removed key goes", async () => {
  assert.equal(
    await apply(secret("keys", { user: "u", password: "canary-password" })),
    "secret/keys created\n",
  );
  assert.equal(
    await apply(secret("keys", { user: "u", password: "canary-password" })),
    "secret/keys unchanged\n",
  );
  assert.equal(await apply(secret("keys", { user: "u2" })), "secret/keys configured\n");
  const { data, metadata } = JSON.parse((await run(["get", "secret", "keys", "-o", "json"])).stdout);
  assert.deepEqual(data, { user: Buffer.from("u2").toString("base64") });
  assert.equal(JSON.stringify(metadata).includes("canary"), false);
});

test("apply - a folder is read with all its manifests, and one mistake in any changes nothing", async () => {
  await writeFile(join(folder, "a.yaml"), application("of-folder"));
  await writeFile(join(folder, "b.yaml"), "kind: Secret\n");
  const refused = await run(["apply", "-f", folder]);
  assert.equal(refused.code, 1);
  assert.match(refused.stderr, /nothing was changed\n.*b\.yaml:1: apiVersion is missing/);
  assert.equal((await run(["get", "app", "of-folder"])).code, 1);
  await writeFile(join(folder, "b.yaml"), secret("of-folder", {}));
  const { stdout } = await run(["apply", "-f", folder]);
  assert.equal(stdout, `application.${GROUP}/of-folder created\nsecret/of-folder created\n`);
});

test("apply - an object that is refused does not keep the others from being applied", async () => {
  const input = `${application("bad", { services: 1 })}---\n${application("good")}`;
  const { code, stdout, stderr } = await run(["apply", "-f", "-"], input);
  assert.equal(code, 1);
  assert.equal(stdout, `application.${GROUP}/good created\n`);
  assert.match(stderr, /^The Application "bad" is invalid: spec\.services: Invalid value: "integer"/);
});

test("apply - a dry run says what would happen and changes nothing", async () => {
  await apply(application("dry", { description: "before" }));
  const { stdout } = await run(
    ["apply", "-f", "-", "--dry-run=server"],
    application("dry", { description: "after" }),
  );
  assert.equal(stdout, `application.${GROUP}/dry configured (server dry run)\n`);
  assert.equal(JSON.parse((await run(["get", "app", "dry"])).stdout).spec.description, "before");
});

test("apply - kinds, namespaces and fields that are not there are named", async () => {
  const unknown = await run(
    ["apply", "-f", "-"],
    '{"apiVersion":"nope.io/v1","kind":"Nope","metadata":{"name":"x"}}',
  );
  assert.match(unknown.stderr, /STDIN: the server has no kind "Nope" in version "nope\.io\/v1"/);
  const nowhere = await run(["apply", "-n", "nowhere", "-f", "-"], secret("s", {}));
  assert.match(
    nowhere.stderr,
    /Error from server \(NotFound\): error when creating "STDIN": namespaces "nowhere" not found/,
  );
  const typo = await run(["apply", "-f", "-"], application("typo", { descripton: "x" }));
  assert.match(typo.stderr, /unknown field "spec\.descripton"/);
  const elsewhere = `{"apiVersion":"v1","kind":"Secret","metadata":{"name":"s","namespace":"a"}}`;
  assert.match(
    (await run(["apply", "-n", "b", "-f", "-"], elsewhere)).stderr,
    /does not match the namespace "b"/,
  );
});

test("get - tables, wide tables, names, JSON and YAML of the same objects", async () => {
  await apply(
    application("shown", { description: "Shown", providerDisplayName: "ACME" }, { labels: { set: "get" } }),
  );
  const get = async (...words: string[]) => (await run(["get", "app", "-l", "set=get", ...words])).stdout;
  assert.match(await get("-o", "table"), /^NAME +SERVICES +STATUS +AGE\nshown +0 +\d+s\n$/);
  assert.match(await get("-o", "wide"), /PROVIDER +DESCRIPTION\nshown .*ACME +Shown\n$/);
  assert.match(await get("-o", "table", "--no-headers"), /^shown /);
  assert.equal(await get("-o", "name"), `application.${GROUP}/shown\n`);
  assert.match(await get("-o", "yaml"), /description: Shown/);
  const list = JSON.parse(await get());
  assert.equal(list.kind, "List");
  assert.equal(list.items[0].kind, "Application");
  const one = JSON.parse(
    (await run(["get", "application.applicationconnector.kyma-project.io/shown"])).stdout,
  );
  assert.equal(one.metadata.name, "shown");
});

test("get - several types, each in its own table, across namespaces", async () => {
  await apply(`${application("many")}---\n${secret("many", { a: "b" })}`);
  const { stdout } = await run(["get", "app,secret", "-A", "-o", "table"]);
  assert.match(
    stdout,
    new RegExp(`^NAME .*\\n(?:.*\\n)*application\\.${GROUP}/many .*\\n\\nNAMESPACE +NAME`, "s"),
  );
  assert.match(stdout, /\ndefault +secret\/many +Opaque +1 /);
});

test("get - a Secret's values are printed only where they are asked for", async () => {
  await apply(secret("quiet", { password: "canary" }));
  const piped = await run(["get", "secret", "quiet"]);
  assert.match(piped.stdout, /^NAME +TYPE +DATA +AGE\nquiet +Opaque +1 /);
  const asked = await run(["get", "secret", "quiet", "-o", "json"]);
  assert.equal(JSON.parse(asked.stdout).data.password, Buffer.from("canary").toString("base64"));
});

test("get - what is not there is a failure, what is there is shown all the same", async () => {
  await apply(application("there"));
  const { code, stdout, stderr } = await run(["get", "app", "there", "missing", "-o", "name"]);
  assert.equal(code, 1);
  assert.equal(stdout, `application.${GROUP}/there\n`);
  assert.equal(stderr, `Error from server (NotFound): applications.${GROUP} "missing" not found\n`);
  const nothing = await run(["get", "configmaps", "-o", "table"]);
  assert.deepEqual([nothing.code, nothing.stderr], [0, "No resources found in default namespace.\n"]);
  assert.match(
    (await run(["get", "aplications"])).stderr,
    /^error: the server doesn't have a resource type "aplications": did you mean applications\?/,
  );
});

test("get - more objects than fit on a page are all there", async () => {
  const documents = Array.from({ length: 501 }, (_, index) =>
    application(`page-${index}`, {}, { labels: { p: "1" } }),
  );
  for (const document of documents) {
    await server.store
      .collection((await import("../../src/core/resources/application.ts")).applicationKind)
      .create(JSON.parse(document));
  }
  const { stdout } = await run(["get", "app", "-l", "p=1", "-o", "name"]);
  assert.equal(stdout.split("\n").length - 1, 501);
});

test("get -w - goes on with each change, one JSON document a line", async () => {
  await apply(application("watched", { description: "first" }));
  const watch = startProgram([process.execPath, appconnPath, "get", "app", "watched", "-w"], {
    env: { APPCONN_DATA_DIR: server.directory },
  });
  const descriptions = () =>
    watch.stdout
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => JSON.parse(line).spec.description as string);
  await eventually(() => assert.deepEqual(descriptions(), ["first"]));
  await apply(application("watched", { description: "second" }));
  await eventually(() => assert.deepEqual(descriptions(), ["first", "second"]));
  watch.process.kill();
  await watch.ended;
});

test("get -w - a table goes on under its headers", async () => {
  const watch = startProgram([process.execPath, appconnPath, "get", "cm", "-w", "-o", "table"], {
    env: { APPCONN_DATA_DIR: server.directory },
  });
  const configMap = (name: string, data: object) =>
    JSON.stringify({ apiVersion: "v1", kind: "ConfigMap", metadata: { name }, data });
  // Created until it is seen: the watch may not have begun when the first one is.
  await eventually(async () => {
    await apply(configMap("in-table", { at: String(performance.now()) }));
    assert.match(watch.stdout, /^NAME +DATA +AGE\nin-table +1 +\d+s\n/);
  });
  watch.process.kill();
  await watch.ended;
});

test("describe - an Application with how it authenticates and why TLS is not verified, also where no gateway runs", async () => {
  await apply(
    secret("present", { clientId: "me", clientSecret: "canary" }).replace(
      '"name"',
      '"namespace":"kyma-system","name"',
    ),
  );
  const entry = {
    type: "API",
    name: "v1",
    targetUrl: "https://user:canary@target.example/base",
    requestParametersSecretName: "absent",
    credentials: { type: "OAuth", secretName: "present", authenticationUrl: "https://idp.example/token" },
  };
  const service = {
    id: "1",
    name: "x",
    displayName: "Orders API",
    providerDisplayName: "p",
    description: "d",
  };
  await apply(
    application(
      "told",
      { skipVerify: true, services: [{ ...service, entries: [entry] }] },
      { annotations: { "appconn.dev/skip-verify-because": "lab appliance" } },
    ),
  );
  const { stdout, code } = await run(["describe", "application", "told", "--gateway-url", "http://gw:1"]);
  assert.equal(code, 0);
  assert.match(stdout, /TLS verification: +OFF for all calls \(because: lab appliance\)/);
  assert.match(stdout, /Credentials: +OAuth, Secret kyma-system\/present\n/);
  assert.match(stdout, /Request parameters: +Secret kyma-system\/absent\n/);
  assert.match(stdout, /Calls: +how and whether they work is told by a server with a gateway/);
  assert.equal(stdout.includes("Call:"), false);
  assert.equal(stdout.includes("canary"), false);
});

test("describe - of a Secret only the sizes; of other kinds their fields", async () => {
  await apply(secret("sized", { password: "canary" }));
  const { stdout } = await run(["describe", "secret/sized"]);
  assert.match(stdout, /Data:\n {2}password: +6 bytes\n/);
  assert.equal(stdout.includes("canary"), false);
  assert.match((await run(["describe", "ns", "default"])).stdout, /phase: Active/);
});

test("delete - by name, by label, by file; twice is a failure unless that is wanted", async () => {
  const file = `${application("gone-a", {}, { labels: { g: "1" } })}---\n${secret("gone-s", {})}`;
  await apply(`${file}---\n${application("gone-b", {}, { labels: { g: "1" } })}`);
  assert.equal(
    (await run(["delete", "-f", "-"], file)).stdout,
    `secret "gone-s" deleted from default namespace\napplication.${GROUP} "gone-a" deleted\n`,
  );
  assert.equal((await run(["delete", "app", "-l", "g=1"])).stdout, `application.${GROUP} "gone-b" deleted\n`);
  assert.equal((await run(["delete", "app", "gone-a"])).code, 1);
  assert.equal((await run(["delete", "app", "gone-a", "--ignore-not-found"])).code, 0);
  assert.equal((await run(["delete", "app"])).code, 2);
  assert.equal((await run(["delete"])).code, 2);
});

test("delete - a name or namespace that is empty or a step of a path deletes nothing else", async () => {
  await apply(`${application("survivor")}---\n${secret("survivor", {})}`);
  const file = JSON.stringify({
    apiVersion: `${GROUP}/v1alpha1`,
    kind: "Application",
    metadata: { name: "." },
  });
  for (const words of [["app", ""], ["app", "."], ["app", ".."], ["app/."], ["app", "survivor", ""], [""]]) {
    const refused = await run(["delete", "--wait=false", ...words]);
    assert.deepEqual([refused.code, refused.stdout], [2, ""], words.join(" "));
    assert.match(refused.stderr, /^error: /);
  }
  assert.equal((await run(["delete", "--wait=false", "-f", "-"], file)).code, 2);
  // An empty namespace is none, not all of them.
  const elsewhere = secret("survivor", {}).replace('"metadata":{', '"metadata":{"namespace":"kyma-system",');
  await apply(elsewhere);
  assert.equal((await run(["delete", "secret", "--all", "-n", ""])).code, 0);
  assert.equal((await run(["get", "app", "survivor"])).code, 0);
  assert.equal((await run(["get", "secret", "survivor", "-n", "kyma-system"])).code, 0);
  assert.equal((await run(["get", "secret", "survivor"])).code, 1);
});

test("delete - waits for finalizers, and says who holds the object when it may not wait longer", async () => {
  await apply(application("held", {}, { finalizers: ["test.io/hold"] }));
  const late = await run(["delete", "app", "held", "--timeout=100ms"]);
  assert.equal(late.code, 1);
  assert.match(late.stderr, /timed out waiting for .*\/held to go, held by test\.io\/hold/);
  assert.equal((await run(["delete", "app", "held", "--wait=false"])).code, 0);
  const waiting = startProgram([process.execPath, appconnPath, "delete", "app", "held"], {
    env: { APPCONN_DATA_DIR: server.directory },
  });
  await eventually(() => assert.equal(waiting.stdout, `application.${GROUP} "held" deleted\n`));
  await server.fetch(`/apis/${GROUP}/v1alpha1/applications/held`, {
    method: "PATCH",
    headers: { "content-type": "application/merge-patch+json" },
    body: JSON.stringify({ metadata: { finalizers: null } }),
  });
  assert.equal((await waiting.ended).code, 0);
  assert.equal((await run(["get", "app", "held"])).code, 1);
});

test("version - that of the program, and of the server where one answers", async () => {
  const both = await run(["version", "-o", "json"]);
  const { client, server: found } = JSON.parse(both.stdout);
  assert.match(client.version, /^\d+\.\d+\.\d+/);
  assert.equal(found.url, server.origin);
  const alone = await appconn(["version"], { env: { XDG_DATA_HOME: folder } });
  assert.equal(alone.code, 0);
  assert.match(alone.stdout, /^appconn \d/);
  assert.match(alone.stderr, /^no server is known/);
  const asJson = await appconn(["version", "-o", "json"], { env: { XDG_DATA_HOME: folder } });
  assert.deepEqual(Object.keys(JSON.parse(asJson.stdout)), ["client"]);
  assert.match(asJson.stderr, /^no server is known/);
});

test("command line - what is not understood ends with 2 and says what is meant", async () => {
  const cases: readonly [readonly string[], RegExp][] = [
    [["aply"], /unknown command 'aply'\n\(Did you mean apply\?\)/],
    [["get", "app", "--outptu", "json"], /unknown option '--outptu'\n\(Did you mean --output\?\)/],
    [["get", "app", "-o", "xml"], /Allowed choices are table, wide, json, yaml, name/],
    [["apply"], /required option '-f, --filename <path>' not specified/],
    [["get", "app", "--request-timeout", "soon"], /It must be a duration/],
    [["completion", "tcsh"], /Allowed choices are bash, zsh, fish/],
    [["help", "aply"], /unknown command 'aply'\n\(Did you mean apply\?\)/],
    [["get"], /missing required argument 'type\[\/name\]'\n\(appconn get --help tells more\)/],
  ];
  for (const [words, expected] of cases) {
    const { code, stderr, stdout } = await run(words);
    assert.equal(code, 2, words.join(" "));
    assert.match(stderr, expected);
    assert.equal(stdout, "");
  }
});

test("command line - help of each command goes to standard output and ends with 0", async () => {
  for (const words of [[], ["--help"], ["help", "get"], ["delete", "-h"], ["serve", "--help"]]) {
    const { code, stdout } = await run(words);
    assert.equal(code, 0, words.join(" "));
    assert.match(stdout, /^Usage: appconn/);
  }
});

test("command line - an output that cannot be written is an error without a stack", async () => {
  const full = startProgram(
    ["bash", "-c", '"$0" "$1" get ns -o json >/dev/full', process.execPath, appconnPath],
    {
      env: { APPCONN_DATA_DIR: server.directory },
    },
  );
  const stderr = "error: the output cannot be written: the disk is full (ENOSPC)\n";
  assert.deepEqual(await full.ended, { code: 1, stdout: "", stderr });
});

test("get - a question that failed is not answered with an empty list", async () => {
  for (const words of [
    ["-l", "a=(("],
    ["no-such", "nor-this"],
  ]) {
    const { code, stdout } = await run(["get", "app", ...words, "-o", "json"]);
    assert.deepEqual([code, stdout], [1, ""], words.join(" "));
  }
});

test("command line - a reader that goes away early is no error", async () => {
  const pipe = startProgram(
    ["bash", "-c", 'set -o pipefail; "$0" "$1" get app -o json | head -1', process.execPath, appconnPath],
    { env: { APPCONN_DATA_DIR: server.directory } },
  );
  assert.deepEqual(await pipe.ended, { code: 0, stdout: "{\n", stderr: "" });
});
