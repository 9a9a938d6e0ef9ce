import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { ask, APPLICATIONS, application } from "../../doubles/admin-client.ts";
import { startAdminServer, type AdminServer } from "../../doubles/admin-server.ts";
import { commandLine, type CommandLineResult } from "../../doubles/command-line.ts";

let server: AdminServer;
before(async () => {
  server = await startAdminServer();
});
after(async () => {
  assert.deepEqual(server.surprises, []);
  await server[Symbol.asyncDispose]();
});

/** A command line with the kubeconfig of the administrator, or with another. */
function run(words: string, kubeconfig = server.kubeconfig, isTTY = false): Promise<CommandLineResult> {
  return commandLine([...words.split(" "), "--kubeconfig", kubeconfig], { isTTY });
}

test("access create - the token goes to standard output alone, and is good for its role", async () => {
  const { code, stdout, stderr } = await run("access create ci --role viewer");
  assert.equal(code, 0, stderr);
  assert.match(stdout, /^appconn_[\w-]{43}\n$/);
  assert.match(stderr, /ci is viewer, until it is revoked\.\nThe token is not shown again\./);
  assert.ok(!stderr.includes(stdout.trim()));
  const headers = { authorization: `Bearer ${stdout.trim()}` };
  assert.equal((await ask(server, APPLICATIONS, { headers })).status, 200);
  assert.equal((await ask(server, APPLICATIONS, { headers, body: application("x") })).status, 403);
});

test("access create - Applications and an end are part of it", async () => {
  const words = "access create both --role editor --application shop --application crm --expires 12h -o json";
  const { stdout, stderr } = await run(words);
  const made = JSON.parse(stdout) as Record<string, unknown>;
  assert.deepEqual([made["name"], made["role"], made["applications"]], ["both", "editor", ["crm", "shop"]]);
  const life = Date.parse(String(made["expiresAt"])) - Date.parse(String(made["createdAt"]));
  assert.equal(life, 43_200_000);
  assert.equal(stderr, "");
});

test("access create - a kubeconfig of it is used by the other commands", async () => {
  await ask(server, APPLICATIONS, { body: application("shop") });
  await ask(server, APPLICATIONS, { body: application("crm") });
  const words = "access create alice --role editor --application shop -o kubeconfig";
  const { stdout, code } = await run(words);
  assert.equal(code, 0);
  const file = join(server.directory, "alice.kubeconfig");
  await writeFile(file, stdout, { mode: 0o600 });
  const shown = await run("get app -o name", file);
  assert.equal(shown.stdout, "application.applicationconnector.kyma-project.io/shop\n");
  const refused = await run("get app crm", file);
  assert.equal(refused.code, 1);
  assert.match(refused.stderr, /Forbidden.*User "alice" cannot get resource "applications"/);
  const escalation = await run("access create root --role admin", file);
  assert.equal(escalation.code, 1);
  assert.match(escalation.stderr, /Forbidden.*User "alice" cannot create resource "accesstokens"/);
});

test("access create - a name that is there, no role, an unknown one and a life of nothing are refused", async () => {
  await run("access create twice --role viewer");
  const again = await run("access create twice --role viewer");
  assert.equal(again.code, 1);
  assert.match(again.stderr, /accesstokens\.appconn\.dev "twice" already exists/);
  for (const words of [
    "access create none",
    "access create none --role root",
    "access create none --role viewer --expires 0",
    "access create none --role viewer --expires soon",
  ]) {
    assert.equal((await run(words)).code, 2, words);
  }
  const limited = await run("access create none --role admin --application shop");
  assert.match(limited.stderr, /^The AccessToken "none" is invalid: applications: /);
  assert.match(limited.stderr, /applications: Invalid value: an admin cannot be limited/);
});

test("access list - a table for people, JSON for programs, never the token", async () => {
  const { stdout: token } = await run("access create listed --role viewer --application shop --expires 90d");
  const table = await run("access list", server.kubeconfig, true);
  assert.match(table.stdout, /^NAME +ROLE +APPLICATIONS +PREFIX +LAST USED +EXPIRES\n/);
  const line = table.stdout.split("\n").find((text) => text.startsWith("listed "));
  assert.match(line ?? "", /^listed +viewer +shop +appconn_.{4}… +never +20\d\d-/);
  const wide = await run("access list -o wide", server.kubeconfig, true);
  assert.match(wide.stdout, /CREATED BY/);
  const { items } = JSON.parse((await run("access list")).stdout) as { items: { name: string }[] };
  assert.ok(items.some(({ name }) => name === "listed"));
  assert.match((await run("access list -o name")).stdout, /^listed$/m);
  for (const { stdout } of [table, wide]) assert.ok(!stdout.includes(token.trim()));
});

test("access revoke - it is done without a question behind a pipe, and refused for a name that is not there", async () => {
  const { stdout: token } = await run("access create leaver --role admin");
  const { code, stdout } = await run("access revoke leaver");
  assert.deepEqual([code, stdout], [0, "revoked leaver\n"]);
  const headers = { authorization: `Bearer ${token.trim()}` };
  assert.equal((await ask(server, "/version", { headers })).status, 401);
  const again = await run("access revoke leaver --yes");
  assert.equal(again.code, 1);
  assert.match(again.stderr, /accesstokens\.appconn\.dev "leaver" not found/);
});
