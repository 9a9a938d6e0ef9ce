import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { startAdminServer, type AdminServer } from "../doubles/admin-server.ts";
import { findBinary } from "../tools/binary.ts";
import { run } from "../tools/run.ts";
import { appconn } from "./appconn-process.ts";

const { path: kubectlPath, skip } = findBinary("kubectl");
const LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration";

let server: AdminServer;

before(async () => {
  server = await startAdminServer();
});

after(async () => {
  await server[Symbol.asyncDispose]();
});

async function kubectl(words: readonly string[], input: string): Promise<string> {
  // A cache of its own: discovery of another test's server must not be found.
  const options = ["--kubeconfig", server.kubeconfig, "--cache-dir", join(server.directory, "cache")];
  return (await run(kubectlPath ?? "", [...options, ...words], { input })).output;
}

async function ours(words: readonly string[], input = ""): Promise<string> {
  const { stdout, stderr } = await appconn(words, { env: { APPCONN_DATA_DIR: server.directory }, input });
  return stderr + stdout;
}

const APPLICATION = `
apiVersion: applicationconnector.kyma-project.io/v1alpha1
kind: Application
metadata: {name: mixed, labels: {b: "1", a: "2"}}
spec:
  description: "<orders> & more"
  encodeUrl: no
  tags: [u, v]
  labels: {"10": ten, "9": nine}
`;

test("apply and kubectl apply - each finds nothing to do after the other", { skip }, async () => {
  const name = "application.applicationconnector.kyma-project.io/mixed";
  assert.equal(await ours(["apply", "-f", "-"], APPLICATION), `${name} created\n`);
  assert.equal(await kubectl(["apply", "-f", "-"], APPLICATION), `${name} unchanged\n`);
  const changed = APPLICATION.replace("tags: [u, v]", "tags: [z]").replace(
    'labels: {"10": ten, "9": nine}',
    "",
  );
  assert.equal(await kubectl(["apply", "-f", "-"], changed), `${name} configured\n`);
  assert.equal(await ours(["apply", "-f", "-"], changed), `${name} unchanged\n`);
  assert.equal(await ours(["apply", "-f", "-"], APPLICATION), `${name} configured\n`);
  assert.equal(await kubectl(["diff", "-f", "-"], APPLICATION), "");
});

test("get - who wrote which field is shown only where it is asked for", async () => {
  const manifest = APPLICATION.replace("mixed", "managed");
  assert.match(await ours(["apply", "-f", "-"], manifest), /created/);
  for (const format of ["yaml", "json"]) {
    const get = ["get", "app", "managed", "-o", format];
    assert.equal((await ours(get)).includes("managedFields"), false);
    assert.match(await ours([...get, "--show-managed-fields"]), /"?manager"?: "?kubectl-client-side-apply/);
  }
});

test(
  "apply and kubectl apply - a Secret loses what either leaves out, and ours takes the values out of the annotation",
  { skip },
  async () => {
    const secret = (data: object): string =>
      JSON.stringify({ apiVersion: "v1", kind: "Secret", metadata: { name: "mixed" }, stringData: data });
    const stored = async () =>
      JSON.parse(await ours(["get", "secret", "mixed", "-o", "json"])) as {
        data: Record<string, string>;
        metadata: { annotations: Record<string, string> };
      };
    await kubectl(["apply", "-f", "-"], secret({ a: "canary-a", b: "canary-b" }));
    assert.match((await stored()).metadata.annotations[LAST_APPLIED] ?? "", /canary-a/);
    assert.equal(await ours(["apply", "-f", "-"], secret({ a: "canary-a" })), "secret/mixed configured\n");
    const { data, metadata } = await stored();
    assert.deepEqual(Object.keys(data), ["a"]);
    assert.doesNotMatch(metadata.annotations[LAST_APPLIED] ?? "", /canary|Y2FuYXJ5/);
    await kubectl(
      ["apply", "-f", "-"],
      JSON.stringify({ apiVersion: "v1", kind: "Secret", metadata: { name: "mixed" }, data: { c: "Yw==" } }),
    );
    assert.deepEqual((await stored()).data, { c: "Yw==" });
  },
);

test("apply - YAML means what it means to kubectl", { skip }, async () => {
  const text = `
apiVersion: applicationconnector.kyma-project.io/v1alpha1
kind: Application
metadata: {name: yaml}
spec: {y: 2, n: y, mode: 0600, o: 0o600, day: 2026-11-21, at: 2026-11-21T10:00:00Z, time: 12:30:45, hex: -0x1F,
  none: ~, text: "yes", under: 1_000, bin: 0b11, exponent: 1e3, plus: +5, nul: Null, upper: TRUE, down: Off,
  dot: .5, blob: !!binary aGk=, str: !!str 12, eq: =, oct: 08}
`;
  const { parseManifests } = await import("../../src/cli/manifests/parse-manifests.ts");
  const theirs = await kubectl(["label", "--local", "-f", "-", "a=b", "-o", "json"], text);
  assert.deepEqual(parseManifests(text, "f").manifests[0]?.object["spec"], JSON.parse(theirs).spec);
});
