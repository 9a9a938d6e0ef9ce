/**
 * Writes every committed file that is made from the code; `--check` changes nothing and fails when one of
 * them is not what the code says now.
 */
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { applicationSettingsReference } from "./generate/application-settings.ts";
import { commandReference } from "./generate/commands.ts";
import { configurationReference } from "./generate/configuration.ts";
import { errorReference } from "./generate/errors.ts";
import { customResourceDefinitions } from "./generate/crds.ts";
import { alertTests } from "./generate/alert-tests.ts";
import { dashboard } from "./generate/dashboard.ts";
import { eventsReference } from "./generate/events.ts";
import type { Generator } from "./generate/generated-file.ts";

const generators: readonly Generator[] = [
  errorReference,
  configurationReference,
  applicationSettingsReference,
  eventsReference,
  commandReference,
  customResourceDefinitions,
  alertTests,
  dashboard,
];

const root = fileURLToPath(new URL("..", import.meta.url));
const isCheck = process.argv.includes("--check");
const stale: string[] = [];

const generated = await Promise.all(generators.map(async (generate) => await generate()));
for (const { path, text } of generated.flat()) {
  const file = join(root, path);
  const present = await readFile(file, "utf8").catch(() => undefined);
  if (present === text) continue;
  stale.push(path);
  if (isCheck) continue;
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, text);
}

if (isCheck && stale.length > 0) {
  console.error(`stale, run \`npm run generate\`: ${stale.join(", ")}`);
  process.exitCode = 1;
} else {
  console.log(stale.length === 0 ? "generated files are up to date" : `written: ${stale.join(", ")}`);
}
