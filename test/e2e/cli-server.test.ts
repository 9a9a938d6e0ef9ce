import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { startAdminServer, type AdminServer } from "../doubles/admin-server.ts";
import { appconn } from "./appconn-process.ts";

let server: AdminServer;
let folder: string;

before(async () => {
  server = await startAdminServer();
  folder = await mkdtemp(join(tmpdir(), "appconn-cli-server-"));
});

after(async () => {
  assert.deepEqual(server.surprises, []);
  await server[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

test("server - it is found by --data-dir, --kubeconfig, APPCONN_DATA_DIR and KUBECONFIG", async () => {
  const file = join(server.directory, "kubeconfig");
  const ask = async (words: readonly string[], env: Record<string, string>) =>
    (await appconn(["get", "ns", "default", "-o", "name", ...words], { env })).stdout;
  assert.equal(await ask(["--data-dir", server.directory], {}), "namespace/default\n");
  assert.equal(await ask(["--kubeconfig", file], { KUBECONFIG: "/no/such" }), "namespace/default\n");
  assert.equal(
    await ask([], { APPCONN_DATA_DIR: server.directory, KUBECONFIG: "/no/such" }),
    "namespace/default\n",
  );
  assert.equal(await ask([], { KUBECONFIG: file }), "namespace/default\n");
});

test("server - that none is known, or none answers, is said with what to do", async () => {
  const unknown = await appconn(["get", "app"], { env: { XDG_DATA_HOME: folder } });
  assert.equal(unknown.code, 1);
  assert.match(
    unknown.stderr,
    /^no server is known: \/.*\/appconn\/kubeconfig is not there\. Start one with `appconn serve`/,
  );
  const dead = join(folder, "dead");
  await writeFile(
    dead,
    JSON.stringify({
      "current-context": "c",
      contexts: [{ name: "c", context: { cluster: "c" } }],
      clusters: [{ name: "c", cluster: { server: "https://127.0.0.1:1" } }],
    }),
  );
  const silent = await appconn(["get", "app", "--kubeconfig", dead]);
  assert.equal(silent.code, 1);
  assert.equal(
    silent.stderr,
    `no server answers at https://127.0.0.1:1 (from ${dead}): start it with \`appconn serve\`\n`,
  );
});

test("server - a certificate of another authority, and a wrong token, are refused", async () => {
  const good = JSON.parse(await readFile(join(server.directory, "kubeconfig"), "utf8"));
  const file = join(folder, "changed");
  const ask = async (content: object) => {
    await writeFile(file, JSON.stringify(content));
    return await appconn(["get", "app", "--kubeconfig", file]);
  };
  const { "certificate-authority-data": _left, ...cluster } = good.clusters[0].cluster;
  const untrusted = await ask({ ...good, clusters: [{ name: "appconn", cluster }] });
  assert.equal(untrusted.code, 1);
  assert.match(untrusted.stderr, /^the certificate of https:.* is not trusted: .*\. Name the kubeconfig/);
  const stranger = await ask({ ...good, users: [{ name: "admin", user: { token: "canary" } }] });
  const refused =
    "error: You must be logged in to the server (Unauthorized)\n" +
    `${server.origin} does not accept the credentials of ${file}. ` +
    "Name the kubeconfig that this server wrote into its data directory\n";
  assert.equal(stranger.stderr, refused);
  // Said once, not once for each object.
  const configMap = (name: string): string =>
    `${JSON.stringify({ apiVersion: "v1", kind: "ConfigMap", metadata: { name } })}\n`;
  const many = `${configMap("one")}---\n${configMap("two")}`;
  assert.equal((await appconn(["apply", "--kubeconfig", file, "-f", "-"], { input: many })).stderr, refused);
});

test("server - a port that does not speak TLS is not taken for the admin API", async () => {
  await using other = createServer((socket) => {
    socket
      .on("error", () => undefined)
      .resume()
      .end("HTTP/1.1 400 No\r\n\r\n");
  });
  other.listen(0, "127.0.0.1");
  await once(other, "listening");
  const url = `https://127.0.0.1:${(other.address() as AddressInfo).port}`;
  const file = join(folder, "plain");
  await writeFile(
    file,
    JSON.stringify({
      "current-context": "c",
      contexts: [{ name: "c", context: { cluster: "c" } }],
      clusters: [{ name: "c", cluster: { server: url } }],
    }),
  );
  const { code, stderr } = await appconn(["get", "app", "--kubeconfig", file]);
  assert.equal(code, 1);
  assert.match(
    stderr,
    new RegExp(`^${url} \\(from ${file}\\) does not speak TLS, so it is not the admin API`),
  );
});

test("server - a kubeconfig that is not there, cannot be read or is none is named, with where it was named", async () => {
  const garbage = join(folder, "garbage");
  await writeFile(garbage, "garbage: [canary");
  const cases: readonly (readonly [readonly string[], Record<string, string>, RegExp])[] = [
    [
      ["--kubeconfig", "/no/such"],
      {},
      /^error: kubeconfig \/no\/such \(from --kubeconfig\) is not there\. Name/,
    ],
    [[], { KUBECONFIG: "/no/such" }, /^error: kubeconfig \/no\/such \(from KUBECONFIG\) is not there\. Name/],
    [
      ["--kubeconfig", folder],
      {},
      /\(from --kubeconfig\) cannot be read: it is a directory.*\. Name the file/,
    ],
    [["--kubeconfig", garbage], {}, /^error: kubeconfig .*garbage is not a YAML map: name the file/],
    [
      ["--data-dir", "/no/dir"],
      {},
      /^error: \/no\/dir\/kubeconfig is not there.*\(from --data-dir\)\. Start one/,
    ],
    [["--data-dir", garbage], {}, /garbage\/kubeconfig \(from --data-dir\) cannot be read: .* is a file/],
    [[], { APPCONN_DATA_DIR: "/no/dir" }, /\(from APPCONN_DATA_DIR\)\. Start one with `appconn serve`/],
  ];
  for (const [words, env, expected] of cases) {
    const { code, stdout, stderr } = await appconn(["get", "app", ...words], { env });
    assert.deepEqual([code, stdout], [1, ""]);
    assert.match(stderr, expected);
    assert.doesNotMatch(stderr, /canary|ENOENT: /);
  }
});
