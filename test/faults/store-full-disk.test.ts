import { test, type TestContext } from "node:test";
import { deepEqual, equal, ok } from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { LineProcess } from "../doubles/line-process.ts";
import { TemporaryDirectory } from "../doubles/temporary-directory.ts";

/** Without any rights; or as root where users may not have namespaces of their own, as in many containers. */
const WAYS = [["--user", "--map-root-user", "--mount"], ["--mount"]] as const;

/** A small file system of its own, seen by one process only: nothing is left behind. */
function onSmallDisk(way: (typeof WAYS)[number], directory: string): readonly string[] {
  const script = 'mount -t tmpfs -o size=6m tmpfs "$0" && exec "$@"';
  return ["unshare", ...way, "sh", "-c", script, directory];
}

function works(way: (typeof WAYS)[number], directory: string): boolean {
  const [program = "", ...args] = onSmallDisk(way, directory);
  return spawnSync(program, [...args, "true"]).status === 0;
}

/** A way that works here, or undefined where the test is to be skipped. */
function wayToMount(t: TestContext, directory: string): (typeof WAYS)[number] | undefined {
  const way = WAYS.find((candidate) => works(candidate, directory));
  if (way) return way;
  ok(!process.env["CI"], "a process must be able to mount a file system of its own");
  t.skip("this machine does not let a process mount a file system of its own");
  return undefined;
}

test("store full disk - a write is refused and changes nothing, reads go on, and with room writes do", async (t) => {
  using directory = new TemporaryDirectory();
  const way = wayToMount(t, directory.path);
  if (!way) return;
  const script = new URL("../doubles/full-disk.ts", import.meta.url);
  await using child = new LineProcess(script, [directory.path], onSmallDisk(way, directory.path));
  await child.ended();
  equal(child.errors, "");
  const result = JSON.parse(child.lines[0] ?? "{}") as Record<string, unknown>;
  const { written, readable, readableAfter, ...rest } = result;
  deepEqual(rest, {
    firstOpening: "STORE_DISK_FULL",
    refusal: "STORE_DISK_FULL",
    update: "STORE_DISK_FULL",
    together: ["STORE_DISK_FULL", "STORE_DISK_FULL", "STORE_DISK_FULL"],
    description: "before",
    secret: { a: "Yg==" },
    versionStep: 1,
  });
  ok(typeof written === "number" && written > 0, "some writes fitted");
  deepEqual([readable, readableAfter], [written + 1, written + 2]);
});

test("store full disk - a refused redemption leaves the token and its claim, and with room it succeeds", async (t) => {
  using directory = new TemporaryDirectory();
  const way = wayToMount(t, directory.path);
  if (!way) return;
  const script = new URL("../doubles/pairing-full-disk.ts", import.meta.url);
  await using child = new LineProcess(script, [directory.path], onSmallDisk(way, directory.path));
  await child.ended();
  equal(child.errors, "");
  deepEqual(JSON.parse(child.lines[0] ?? "{}"), {
    refused: { refusal: "STORE_DISK_FULL", redeem: "STORE_DISK_FULL", exchange: "STORE_DISK_FULL" },
    found: { certificate: false, next: false },
    afterwards: { redeem: "done", exchange: "done", revoke: true, certificate: true },
  });
});

test("store full disk - Events wait for room, and nothing else does", async (t) => {
  using directory = new TemporaryDirectory();
  const way = wayToMount(t, directory.path);
  if (!way) return;
  const script = new URL("../doubles/events-full-disk.ts", import.meta.url);
  await using child = new LineProcess(script, [directory.path], onSmallDisk(way, directory.path));
  await child.ended();
  equal(child.errors, "");
  deepEqual(JSON.parse(child.lines[0] ?? "{}"), { readable: "shop", warnings: 1, failed: true });
});

async function documentsOnFullDisk(t: TestContext, manner: "whole" | "pieces"): Promise<void> {
  using directory = new TemporaryDirectory();
  const way = wayToMount(t, directory.path);
  if (!way) return;
  const script = new URL("../doubles/documents-full-disk.ts", import.meta.url);
  await using child = new LineProcess(script, [directory.path, manner], onSmallDisk(way, directory.path));
  await child.ended();
  equal(child.errors, "");
  deepEqual(JSON.parse(child.lines[0] ?? "{}"), {
    keptSome: true,
    refusal: "BLOB_STORE_FULL",
    leftOver: 0,
    readable: true,
    listed: true,
    before: 20_000,
    searchRefusal: "SEARCH_INDEX_UNAVAILABLE",
    replaced: "SEARCH_INDEX_UNAVAILABLE",
    foundMeanwhile: [1, 0],
    afterwards: ["done", "done"],
    foundAfterwards: [0, 1],
  });
}

test("store full disk - a document is refused and leaves nothing, others are read, and with room all is well", async (t) => {
  await documentsOnFullDisk(t, "whole");
});

test("store full disk - the same holds for a document that comes in pieces", async (t) => {
  await documentsOnFullDisk(t, "pieces");
});
