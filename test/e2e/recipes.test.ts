import assert from "node:assert/strict";
import { mkdir, readFile, symlink } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { test } from "node:test";
import { KubeApiServer } from "../doubles/kube-api-server.ts";
import { ServedInstallation } from "../doubles/served-installation.ts";
import { TemporaryDirectory } from "../doubles/temporary-directory.ts";
import { findBinary } from "../tools/binary.ts";
import { run } from "../tools/run.ts";

const helm = findBinary("helm");
const script = join(import.meta.dirname, "recipes", "recipes.sh");

interface Recipes {
  /** Program that is `kubectl` in the script. */
  readonly kubectl: string | undefined;
  readonly kubeconfig: string;
}

/** Types the script in, in a directory and a home of its own. */
async function assertRecipes({ kubectl, kubeconfig }: Recipes): Promise<void> {
  using directory = new TemporaryDirectory();
  const bin = join(directory.path, "bin");
  const work = join(directory.path, "work");
  await Promise.all([mkdir(bin), mkdir(work)]);
  await symlink(kubectl ?? "", join(bin, "kubectl"));
  await symlink(helm.path ?? "", join(bin, "helm"));
  const path = [bin, process.env["PATH"] ?? ""].join(delimiter);
  const env = { PATH: path, HOME: directory.path, KUBECONFIG: kubeconfig };
  const { output } = await run("sh", [script], { env, directory: work });
  assert.equal(output.trim(), "done, bad=0");
}

/** The oldest kubectl that is served, the last one that waits with list and watch, and the newest. */
for (const name of ["kubectl-1.28", "kubectl-1.34", "kubectl"]) {
  const kubectl = findBinary(name);
  const skip = kubectl.skip || helm.skip;
  test(
    `recipes - what people do with ${name} and helm works against a whole installation`,
    { skip },
    async () => {
      await using installation = await ServedInstallation.start();
      await assertRecipes({ kubectl: kubectl.path, kubeconfig: installation.kubeconfig });
      const records = [await readFile(join(installation.data, "audit.log"), "utf8"), installation.output];
      for (const text of records) assert(!text.includes("cA=="), "no value of a Secret is on record");
    },
  );
}

const newest = findBinary("kubectl");

test(
  "recipes - the same script passes against a real API server with our CRDs",
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
    await assertRecipes({ kubectl: newest.path, kubeconfig: server.kubeconfig });
  },
);
