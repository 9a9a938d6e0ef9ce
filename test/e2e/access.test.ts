import { after, before, test } from "node:test";
import { deepEqual, equal, match, ok } from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { eventually } from "../doubles/eventually.ts";
import { ServedInstallation } from "../doubles/served-installation.ts";
import { appconn } from "./appconn-process.ts";

let installation: ServedInstallation;
/** Of a token that may edit `shop` alone. */
let limited: string;

before(async () => {
  installation = await ServedInstallation.start();
  limited = join(installation.path, "limited.kubeconfig");
  const { stdout, code } = await asOwner("access create team --role editor --application shop -o kubeconfig");
  equal(code, 0);
  writeFileSync(limited, stdout, { mode: 0o600 });
});

after(() => installation[Symbol.asyncDispose]());

const asOwner = (words: string) => appconn([...words.split(" "), "--data-dir", installation.data]);
const asTeam = (words: string) => appconn([...words.split(" "), "--kubeconfig", limited]);

interface Kubeconfig {
  readonly clusters: readonly { readonly cluster: { readonly server: string } }[];
  readonly users: readonly { readonly user: { readonly token: string } }[];
}

const readConfig = (file: string) => JSON.parse(readFileSync(file, "utf8")) as Kubeconfig;

test("access - a limited token pairs for its Application and for no other", async () => {
  const own = await asTeam("token create shop -o link");
  equal(own.code, 0, own.stderr);
  match(own.stdout, /^https:\/\/\S+token=/);
  const other = await asTeam("token create crm -o link");
  equal(other.code, 1);
  equal(other.stdout, "");
  match(other.stderr, /User "team" cannot POST it/);
  equal((await asTeam("cert list shop")).code, 0);
  equal((await asTeam("cert list crm")).code, 1);
  equal((await asTeam("ca show")).code, 0);
  equal((await asTeam("ca rotate --yes")).code, 1);
});

test("access - a limited token searches within its Application", async () => {
  const own = await asTeam("search anything --application shop");
  equal(own.code, 0, own.stderr);
  for (const words of ["search anything", "search anything --application crm"]) {
    const { code, stderr } = await asTeam(words);
    equal(code, 1, words);
    match(stderr, /cannot GET it/);
  }
});

test("access - what it did is on record with its name, and its token is nowhere", async () => {
  const token = readConfig(limited).users[0]?.user.token ?? "";
  ok(token.startsWith("appconn_"));
  const file = join(installation.data, "audit.log");
  await eventually(() => {
    const lines = readFileSync(file, "utf8").trim().split("\n");
    const records = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
    const outcomes = records
      .filter(({ event, user }) => event === "admin" && user === "team")
      .map(({ resource, name, code }) => [resource, name, code]);
    deepEqual(outcomes, [
      ["/v1/applications/tokens", "shop", 201],
      ["/v1/applications/tokens", "crm", 403],
      ["/v1/ca/rotations", undefined, 403],
    ]);
  });
  ok(!readFileSync(file, "utf8").includes(token.slice(12)));
  ok(!installation.output.includes(token.slice(12)));
});

test("access - a token outlasts a restart of the server, and not its revocation", async () => {
  equal((await asTeam("access list")).code, 1);
  await installation.stop();
  await installation.start();
  // It listens on another port now.
  const server = (file: string) => readConfig(file).clusters[0]?.cluster.server ?? "";
  const moved = server(join(installation.data, "kubeconfig"));
  writeFileSync(limited, readFileSync(limited, "utf8").replace(server(limited), moved));
  const still = await asTeam("get app");
  equal(still.code, 0, still.stderr);
  equal((await asOwner("access revoke team")).code, 0);
  const gone = await asTeam("get app");
  equal(gone.code, 1);
  match(gone.stderr, /You must be logged in to the server/);
});
