/** Events of a home whose disk becomes full. One line tells what became of them. */
import { rmSync } from "node:fs";
import { join } from "node:path";
import { applicationKind } from "../../src/core/resources/application.ts";
import { configMapKind } from "../../src/core/resources/config-map.ts";
import { eventKind } from "../../src/core/resources/event.ts";
import { kinds } from "../../src/core/resources/kinds.ts";
import { EventWriter } from "../../src/stores/event-writer.ts";
import { openSqliteStore } from "../../src/stores/sqlite/open-sqlite-store.ts";
import { eventWritten } from "../../src/telemetry/channels.ts";
import { notice } from "../../src/telemetry/notice.ts";
import { noticedApplication } from "../../src/telemetry/noticed-object.ts";
import { eventually } from "./eventually.ts";
import { FakeClock } from "./fake-clock.ts";
import { ballastOn, fillDisk, outcome } from "./small-disk.ts";

const [, , root = ""] = process.argv;
const clock = new FakeClock();
const store = await openSqliteStore({ directory: join(root, "data"), clock });
await store.collection(applicationKind).create({ metadata: { name: "shop" } });
const warnings: string[] = [];
const results: string[] = [];
eventWritten.subscribe(({ result }) => void results.push(result));
const writer = new EventWriter({
  store,
  kinds,
  clock,
  instance: "small",
  warn: (message) => void warnings.push(message),
});

/** Until as many Events were tried. */
async function tried(count: number): Promise<void> {
  await eventually(async () => {
    await clock.advance(500);
    if (results.length < count) throw new Error(`${results.length} were tried`);
  });
}

fillDisk(root, 64 * 1024);
const maps = store.collection(configMapKind);
const data = { filler: "x".repeat(8192) };
for (let index = 0; ; index++) {
  const metadata = { name: `filler-${index}`, namespace: "default" };
  // eslint-disable-next-line no-await-in-loop -- until there is no room
  if ((await outcome(maps.create({ metadata, data }))) !== "done") break;
}
// Too long for what little room there may be left.
const long = "long ".repeat(200);
for (let index = 0; index < 20; index++) {
  notice(noticedApplication("shop"), "TargetNotReached", `${index}: ${long}`);
}
await eventually(async () => {
  await clock.advance(500);
  if (!results.includes("failed")) throw new Error("none has failed yet");
});
const readable = (await store.collection(applicationKind).get({ name: "shop" }))?.metadata.name;
rmSync(ballastOn(root));
await clock.advance(30_000);
await tried(21);
await eventually(async () => {
  await clock.advance(500);
  const { items } = await store.collection(eventKind).list();
  if (items.length < 20) throw new Error(`${items.length} Events`);
});
await writer[Symbol.asyncDispose]();
await store.close();
console.log(JSON.stringify({ readable, warnings: warnings.length, failed: results.includes("failed") }));
