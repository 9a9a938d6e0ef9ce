import assert from "node:assert/strict";
import { mkdir, readFile, symlink } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { test } from "node:test";
import { ServedInstallation } from "../doubles/served-installation.ts";
import { findBinary } from "../tools/binary.ts";
import { run } from "../tools/run.ts";

const helm = findBinary("helm");
const script = join(import.meta.dirname, "recipes", "recipes.sh");

/** The oldest kubectl that is served, the last one that waits with list and watch, and the newest. */
for (const name of ["kubectl-1.28", "kubectl-1.34", "kubectl"]) {
  const kubectl = findBinary(name);
  const skip = kubectl.skip || helm.skip;
  test(
    `recipes - what people do with ${name} and helm works against a whole installation`,
    { skip },
    async () => {
      await using installation = await ServedInstallation.start();
      const bin = join(installation.path, "bin");
      const directory = join(installation.path, "work");
      await mkdir(bin);
      await mkdir(directory);
      await symlink(kubectl.path ?? "", join(bin, "kubectl"));
      await symlink(helm.path ?? "", join(bin, "helm"));
      const env = {
        PATH: [bin, process.env["PATH"] ?? ""].join(delimiter),
        HOME: installation.path,
        KUBECONFIG: installation.kubeconfig,
      };
      const { output } = await run("sh", [script], { env, directory });
      assert.equal(output.trim(), "done, bad=0");
      const secrets = [await readFile(join(installation.data, "audit.log"), "utf8"), installation.output];
      for (const text of secrets) assert(!text.includes("cA=="), "no value of a Secret is on record");
    },
  );
}
