import { systemClock } from "../../src/core/clock.ts";
import { applicationKind } from "../../src/core/resources/application.ts";
import { secretKind } from "../../src/core/resources/secret.ts";
import { openSqliteStore } from "../../src/stores/sqlite/open-sqlite-store.ts";
import { sayNow } from "./say-now.ts";

/**
 * A process that opens the store of the directory in its first argument, says so, and then writes without end,
 * naming each write that was acknowledged on a line of its own: `{"kind":…,"name":…,"version":…,"value":…}`.
 * With `idle` as second argument it only holds the directory.
 */
const [directory = "", mode] = process.argv.slice(2);

const store = await openSqliteStore({ directory, clock: systemClock, program: "store writer" });
sayNow({ opened: process.pid });

let next = 0;
async function write(): Promise<void> {
  const applications = store.collection(applicationKind);
  const secrets = store.collection(secretKind);
  const run = `${process.pid}-${next++}`;
  for (let step = 0; ; step++) {
    const name = `${run}-${Math.floor(step / 3)}`;
    const value = `${step}`;
    if (step % 3 === 0) {
      const { metadata } = await applications.create({ metadata: { name }, spec: { description: value } });
      sayNow({ kind: "Application", name, version: metadata.resourceVersion, value });
    } else if (step % 3 === 1) {
      const patch = { type: "merge", value: { spec: { description: value } } } as const;
      const { metadata } = await applications.patch({ name }, patch);
      sayNow({ kind: "Application", name, version: metadata.resourceVersion, value });
    } else {
      const written = { metadata: { name, namespace: "default" }, stringData: { value } };
      const { metadata } = await secrets.create(written);
      sayNow({ kind: "Secret", name, version: metadata.resourceVersion, value });
    }
  }
}

if (mode === "idle") setInterval(() => undefined, 60_000);
else await Promise.all(Array.from({ length: 16 }, write));
