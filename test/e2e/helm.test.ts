import assert from "node:assert/strict";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { startAdminServer } from "../doubles/admin-server.ts";
import { findBinary } from "../tools/binary.ts";
import { run } from "../tools/run.ts";

const binary = findBinary("helm");

const APPLICATION = `apiVersion: applicationconnector.kyma-project.io/v1alpha1
kind: Application
metadata: {name: helmed, labels: {set: recipe}}
spec: {description: {{ .Values.d }}, labels: {region: eu}, tags: [a, b]}
`;
const SECRET = `apiVersion: v1
kind: Secret
metadata: {name: hs, labels: {set: recipe}}
stringData: {user: u, password: p}
`;

test(
  "helm - a release is installed, upgraded, rolled back and uninstalled",
  { skip: binary.skip },
  async () => {
    await using server = await startAdminServer();
    const directory = await mkdtemp(join(tmpdir(), "appconn-helm-"));
    try {
      await mkdir(join(directory, "chart", "templates"), { recursive: true });
      await writeFile(join(directory, "chart", "Chart.yaml"), "apiVersion: v2\nname: c\nversion: 0.1.0\n");
      await writeFile(join(directory, "chart", "templates", "application.yaml"), APPLICATION);
      await writeFile(join(directory, "chart", "templates", "secret.yaml"), SECRET);
      const helm = async (expected: string, args: string) => {
        const env = { KUBECONFIG: server.kubeconfig, HOME: directory };
        const { output, code } = await run(binary.path ?? "", args.split(" "), { env, directory });
        assert(output.includes(expected), output);
        assert.equal(code, 0, output);
      };
      const description = async () => {
        const answer = await server.fetch(
          "/apis/applicationconnector.kyma-project.io/v1alpha1/applications/helmed",
        );
        const value = (await answer.json()) as { spec?: { description: string } };
        return answer.ok ? value.spec?.description : answer.status;
      };
      await helm("STATUS: deployed", "install r chart -n recipe --create-namespace --set d=one");
      assert.equal(await description(), "one");
      await helm("has been upgraded", "upgrade r chart -n recipe --set d=two");
      assert.equal(await description(), "two");
      await helm("Rollback was a success", "rollback r 1 -n recipe");
      assert.equal(await description(), "one");
      await helm("deployed", "list -n recipe");
      await helm("uninstalled", "uninstall r -n recipe");
      assert.equal(await description(), 404);
      assert.deepEqual(server.surprises, []);
    } finally {
      await rm(directory, { recursive: true });
    }
  },
);
