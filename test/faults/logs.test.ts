import assert from "node:assert/strict";
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { openSync } from "node:fs";
import { mkdtemp, readFile, rename, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { eventually } from "../doubles/eventually.ts";

const PROGRAM = fileURLToPath(new URL("../doubles/logging-process.ts", import.meta.url));

interface Running {
  readonly child: ChildProcess;
  readonly directory: string;
  /** What it wrote to stderr so far. */
  readonly errors: () => string;
}

async function running(
  [mode, calls, accessLog]: readonly [mode: string, calls: number, accessLog?: string],
  use: (running: Running) => Promise<void>,
  stdout: "pipe" | number = "pipe",
): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), "appconn-logs-"));
  const parameters = [directory, mode, String(calls), ...(accessLog ? [accessLog] : [])];
  // Detached: without a terminal, as a service runs, so that SIGHUP means "reopen".
  const child = spawn(process.execPath, [PROGRAM, ...parameters], {
    stdio: ["ignore", stdout, "pipe"],
    detached: true,
  });
  let errors = "";
  child.stderr?.setEncoding("utf8").on("data", (chunk: string) => void (errors += chunk));
  try {
    await use({ child, directory, errors: () => errors });
  } finally {
    if (child.exitCode === null && child.signalCode === null) {
      child.kill("SIGKILL");
      await once(child, "exit");
    }
    await rm(directory, { recursive: true });
  }
}

function ids(lines: string): string[] {
  const records = lines
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  return records.filter(({ log }) => log !== undefined).map(({ requestId }) => String(requestId));
}

function upTo(count: number): string[] {
  return Array.from({ length: count }, (_, index) => String(index));
}

for (const mode of ["close", "exit", "crash"]) {
  test(`logs - no line is lost or torn when the process ends (${mode})`, () =>
    running([mode, 100], async ({ child, directory }) => {
      assert.ok(child.stdout);
      const lines = await text(child.stdout);
      assert.deepEqual(ids(lines), upTo(100));
      // In a file the last piece may overtake the one that a thread is writing.
      const records = ids(await readFile(join(directory, "audit.log"), "utf8"));
      assert.deepEqual(new Set(records), new Set(upTo(100)));
      assert.equal(records.length, 100);
    }));
}

test("logs - SIGTERM writes what waits before the process ends", () =>
  running(["stay", 100], async ({ child, errors }) => {
    assert.ok(child.stdout);
    const lines = text(child.stdout);
    await eventually(() => assert.match(errors(), /turn/));
    child.kill("SIGTERM");
    assert.deepEqual(ids(await lines), upTo(100));
  }));

test("logs - a reader of stdout that reads nothing stops neither the process nor its end", () =>
  // Nobody reads the pipe: 20 000 lines are more than it and the memory for waiting lines hold.
  running(["stay", 20_000], async ({ child, errors }) => {
    await eventually(() => assert.match(errors(), /turn 20\n/));
    const exited = once(child, "exit");
    child.kill("SIGTERM");
    assert.deepEqual(await exited, [0, null]);
  }));

test("logs - a reader of stdout that has gone does not end the process", () =>
  running(["stay", 10], async ({ child, errors }) => {
    child.stdout?.destroy();
    await eventually(() => assert.match(errors(), /turn 5\n/));
    for (let count = 0; count < 3; count++) {
      child.kill("SIGUSR2");
      const turns = errors().length;
      // eslint-disable-next-line no-await-in-loop -- one call after another
      await eventually(() => assert.ok(errors().length > turns + 20));
    }
    const exited = once(child, "exit");
    child.kill("SIGTERM");
    assert.deepEqual(await exited, [0, null]);
  }));

test("logs - a stdout redirected to a full disk stops neither the process nor its end", () =>
  running(
    ["stay", 1000],
    async ({ child, errors }) => {
      await eventually(() => assert.match(errors(), /turn 5\n/));
      const exited = once(child, "exit");
      child.kill("SIGTERM");
      assert.deepEqual(await exited, [0, null]);
    },
    openSync("/dev/full", "a"),
  ));

test("logs - SIGHUP reopens files that were moved, and loses no line", () =>
  running(["stay", 10, "access.log"], async ({ child, directory, errors }) => {
    const path = join(directory, "access.log");
    await eventually(async () => assert.deepEqual(ids(await readFile(path, "utf8")), upTo(10)));
    await rename(path, `${path}.moved`);
    child.kill("SIGHUP");
    await eventually(() => stat(path));
    const turns = errors().length;
    child.kill("SIGUSR2");
    await eventually(() => assert.ok(errors().length > turns));
    await eventually(async () => assert.deepEqual(ids(await readFile(path, "utf8")), ["10"]));
    assert.deepEqual(ids(await readFile(`${path}.moved`, "utf8")), upTo(10));
  }));
