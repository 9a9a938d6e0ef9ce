import assert from "node:assert/strict";
import { delimiter, dirname, join } from "node:path";
import { symlinkSync } from "node:fs";
import { after, before, test } from "node:test";
import { startAdminServer, type AdminServer } from "../doubles/admin-server.ts";
import { TemporaryDirectory } from "../doubles/temporary-directory.ts";
import { appconn, appconnPath, startProgram } from "./appconn-process.ts";

let server: AdminServer;

before(async () => {
  server = await startAdminServer();
  const names = ["orders", "orders-old", "shop"];
  const objects = names.map((name) => ({
    apiVersion: "applicationconnector.kyma-project.io/v1alpha1",
    kind: "Application",
    metadata: { name },
  }));
  const input = objects.map((object) => JSON.stringify(object)).join("\n---\n");
  const env = { APPCONN_DATA_DIR: server.directory };
  assert.equal((await appconn(["apply", "-f", "-"], { env, input })).code, 0);
});

after(async () => {
  await server[Symbol.asyncDispose]();
});

async function complete(words: readonly string[], directory = server.directory): Promise<readonly string[]> {
  const { stdout } = await appconn(["__complete", "--", ...words], { env: { APPCONN_DATA_DIR: directory } });
  return stdout.split("\n").filter((line) => line !== "");
}

test("completion - commands, options, and the values that an option may have", async () => {
  assert.deepEqual(await complete(["de"]), ["describe", "delete"]);
  assert.deepEqual(await complete(["get", "--no-"]), ["--no-headers"]);
  assert.deepEqual(await complete(["get", "-o", ""]), ["table", "wide", "json", "yaml", "name"]);
  assert.deepEqual(await complete(["get", "--output", "=", "j"]), ["json"]);
  assert.deepEqual(await complete(["completion", ""]), ["bash", "zsh", "fish"]);
  assert.deepEqual(await complete(["apply", "-f", "ex"]), [":files"]);
  assert.deepEqual(await complete(["serve", "--gateway-comp"]), ["--gateway-compass-port"]);
  assert.deepEqual(await complete(["help", "ap"]), ["apply", "api"]);
});

test("completion - commands within commands, their options, and what they are about", async () => {
  assert.deepEqual(await complete(["cert", ""]), ["renew", "revoke", "list"]);
  assert.deepEqual(await complete(["cert", "re"]), ["renew", "revoke"]);
  assert.deepEqual(await complete(["cert", "revoke", "--h"]), ["--hash", "--help"]);
  assert.deepEqual(await complete(["cert", "list", "-o", "w"]), ["wide"]);
  assert.deepEqual(await complete(["cert", "list", "ord"]), ["orders", "orders-old"]);
  assert.deepEqual(await complete(["token", "create", "s"]), ["shop"]);
  assert.deepEqual(await complete(["api", ""]), ["list", "docs"]);
  assert.deepEqual(await complete(["api", "list", "s"]), ["shop"]);
  assert.deepEqual(await complete(["search", "--application", "s"]), ["shop"]);
  assert.deepEqual(await complete(["search", "--kind", "a"]), ["application", "asyncapi"]);
  assert.deepEqual(await complete(["token", "create", "shop", ""]), []);
  assert.deepEqual(await complete(["cert", "renew", ""]), [":files"]);
  assert.deepEqual(await complete(["connect", "--out", ""]), [":files"]);
  assert.deepEqual(await complete(["connect", "--key", "ec"]), ["ec-p256", "ec-p384", "ec-p521"]);
  assert.deepEqual(await complete(["cert", "nothing", ""]), []);
});

test("completion - types, names and namespaces come from the server", async () => {
  assert.deepEqual(await complete(["get", "app"]), ["applications", "app", "applicationmappings"]);
  assert.deepEqual(await complete(["get", "app", "ord"]), ["orders", "orders-old"]);
  assert.deepEqual(await complete(["describe", "applications/s"]), ["applications/shop"]);
  assert.deepEqual(await complete(["get", "secrets", "-n", "kyma"]), ["kyma-system"]);
});

test("completion - without a server there are the usual types and no names, and no message", async () => {
  assert.deepEqual(await complete(["get", "a"], "/nonexistent"), ["applications", "applicationmappings"]);
  assert.deepEqual(await complete(["get", "app", ""], "/nonexistent"), []);
});

test("completion - the script for bash completes in a real bash", async () => {
  using directory = new TemporaryDirectory();
  symlinkSync(appconnPath, join(directory.path, "appconn"));
  const script = `
    source <(appconn completion bash)
    COMP_WORDS=(appconn get app orders-); COMP_CWORD=3; _appconn; echo "\${COMPREPLY[*]}"
    COMP_WORDS=(appconn get -o ""); COMP_CWORD=3; _appconn; echo "\${COMPREPLY[*]}"`;
  const path = [directory.path, dirname(process.execPath), process.env["PATH"]].join(delimiter);
  const env = { APPCONN_DATA_DIR: server.directory, PATH: path };
  const { stdout, stderr } = await startProgram(["bash", "-c", script], { env }).ended;
  assert.equal(stdout, "orders-old\ntable wide json yaml name\n", stderr);
});

test("completion - the script for zsh works when it is sourced and, from the first key on, as a file of fpath", async () => {
  const { stdout } = await appconn(["completion", "zsh"]);
  assert.match(stdout, /^#compdef appconn\n/);
  // zsh runs such a file as the body of the function that it defines.
  assert.match(
    stdout,
    /if \[\[ \$funcstack\[1\] == _appconn \]\]; then\n {2}_appconn\nelse\n {2}compdef _appconn /,
  );
});
