import { rmSync } from "node:fs";
import { join } from "node:path";
import { systemClock } from "../../src/core/clock.ts";
import { applicationKind } from "../../src/core/resources/application.ts";
import { secretKind } from "../../src/core/resources/secret.ts";
import { openSqliteStore } from "../../src/stores/sqlite/open-sqlite-store.ts";
import { ballastOn, fillDisk, outcome } from "./small-disk.ts";
import { sayNow } from "./say-now.ts";

/**
 * A process that lives on a small file system (first argument), fills it, writes until the store refuses, makes
 * room and writes on. It says what happened in one JSON line.
 */
const [root = ""] = process.argv.slice(2);
const directory = join(root, "data");
const ballast = ballastOn(root);

// At first: not even room for a database.
fillDisk(root, 16 * 1024);
const firstOpening = await outcome(openSqliteStore({ directory, clock: systemClock }));
rmSync(ballast);

await using store = await openSqliteStore({ directory, clock: systemClock });
const applications = store.collection(applicationKind);
const secrets = store.collection(secretKind);
await secrets.create({ metadata: { name: "kept", namespace: "default" }, stringData: { a: "b" } });
await applications.create({ metadata: { name: "changed" }, spec: { description: "before" } });

fillDisk(root, 200 * 1024);
const write = (index: number) =>
  applications.create({ metadata: { name: `app-${index}` }, spec: { description: "x".repeat(20_000) } });
let written = 0;
let refusal = "done";
while (refusal === "done" && written < 1000) {
  refusal = await outcome(write(written));
  if (refusal === "done") written++;
}
const large = { spec: { description: "x".repeat(300_000) } };
const update = await outcome(applications.patch({ name: "changed" }, { type: "merge", value: large }));
// Writes that arrive together share a transaction: all are refused, none is half done.
const together = await Promise.all([1, 2, 3].map((step) => outcome(write(5000 + step))));
const { items, resourceVersion } = await applications.list();
const changed = await applications.get({ name: "changed" });
const secret = await secrets.get({ name: "kept", namespace: "default" });

rmSync(ballast);
const after = await applications.create({ metadata: { name: "after" }, spec: {} });
const result = {
  firstOpening,
  written,
  refusal,
  update,
  together,
  readable: items.length,
  description: changed?.spec?.description,
  secret: secret?.data,
  versionStep: Number(after.metadata.resourceVersion) - Number(resourceVersion),
  readableAfter: (await applications.list()).items.length,
};
sayNow(result);
