import assert from "node:assert/strict";
import { copyFile, mkdir, readFile, symlink } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { test } from "node:test";
import { KubeApiServer } from "../doubles/kube-api-server.ts";
import { ServedInstallation } from "../doubles/served-installation.ts";
import { TemporaryDirectory } from "../doubles/temporary-directory.ts";
import { findBinary } from "../tools/binary.ts";
import { run } from "../tools/run.ts";

const helm = findBinary("helm");
/** What the specification names, and what people have got used to beside it. */
const [recipes, habits] = ["recipes.sh", "habits.sh"].map((name) =>
  join(import.meta.dirname, "recipes", name),
) as [string, string];

interface Recipes {
  readonly scripts: readonly string[];
  /** Program that is `kubectl` in the script. */
  readonly kubectl: string | undefined;
  readonly kubeconfig: string;
}

/** Types the scripts in, one after the other. */
async function assertRecipes({ scripts, ...client }: Recipes): Promise<void> {
  // eslint-disable-next-line no-await-in-loop -- all change the same server
  for (const script of scripts) await assertScript(script, client);
}

/** Types a script in, in a directory and a home of its own. */
async function assertScript(
  script: string,
  { kubectl, kubeconfig }: Omit<Recipes, "scripts">,
): Promise<void> {
  using directory = new TemporaryDirectory();
  const bin = join(directory.path, "bin");
  const work = join(directory.path, "work");
  await Promise.all([mkdir(bin), mkdir(work)]);
  await symlink(kubectl ?? "", join(bin, "kubectl"));
  await symlink(helm.path ?? "", join(bin, "helm"));
  // The scripts choose a namespace in it.
  const copy = join(directory.path, "kubeconfig");
  await copyFile(kubeconfig, copy);
  const path = [bin, process.env["PATH"] ?? ""].join(delimiter);
  const env = { PATH: path, HOME: directory.path, KUBECONFIG: copy };
  const { output } = await run("sh", [script], { env, directory: work });
  assert.equal(output.trim(), "done, bad=0");
}

/** Of the Secrets that the scripts write. */
const SECRET_VALUES = /cA==|YmVmb3Jl|YWZ0ZXI|ZWRpdGVk|PRIVATE KEY/;

/** The oldest kubectl that is served, the last one that waits with list and watch, and the newest. */
for (const name of ["kubectl-1.28", "kubectl-1.34", "kubectl"]) {
  const kubectl = findBinary(name);
  const skip = kubectl.skip || helm.skip;
  test(
    `recipes - what people do with ${name} and helm works against a whole installation`,
    { skip },
    async () => {
      await using installation = await ServedInstallation.start();
      const scripts = name === "kubectl-1.34" ? [recipes] : [recipes, habits];
      await assertRecipes({ scripts, kubectl: kubectl.path, kubeconfig: installation.kubeconfig });
      const records = [await readFile(join(installation.data, "audit.log"), "utf8"), installation.output];
      for (const text of records)
        assert.doesNotMatch(text, SECRET_VALUES, "no value of a Secret is on record");
    },
  );
}

const newest = findBinary("kubectl");

test(
  "recipes - the same scripts pass against a real API server with our CRDs",
  { skip: KubeApiServer.skip || helm.skip },
  async () => {
    await using server = await KubeApiServer.start();
    const crds = join(import.meta.dirname, "../../deploy/crds");
    for (const args of [
      ["apply", "-f", crds],
      ["wait", "--for=condition=Established", "--timeout=60s", "-f", crds],
    ]) {
      // eslint-disable-next-line no-await-in-loop -- one after the other
      const { code, output } = await server.kubectl(args);
      assert.equal(code, 0, output);
    }
    await assertRecipes({ scripts: [recipes, habits], kubectl: newest.path, kubeconfig: server.kubeconfig });
  },
);
