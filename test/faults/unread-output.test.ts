import { deepEqual, equal, match } from "node:assert/strict";
import { spawn, type ChildProcess, type StdioOptions } from "node:child_process";
import { once } from "node:events";
import { stat } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { OUTPUT_PATIENCE } from "../../src/core/output-patience.ts";
import { eventually } from "../doubles/eventually.ts";
import { FREE_PORTS } from "../doubles/free-ports.ts";
import { FullPipe } from "../doubles/full-pipe.ts";
import { TemporaryDirectory } from "../doubles/temporary-directory.ts";
import { appconn, appconnPath, cleanEnvironment } from "../e2e/appconn-process.ts";

/** What has not ended by then never would, and is ended. Milliseconds. */
const TOO_LONG = 40_000;

class Started implements AsyncDisposable {
  readonly process: ChildProcess;
  readonly exited: Promise<readonly unknown[]>;

  constructor(words: readonly string[], stdio: StdioOptions) {
    this.process = spawn(process.execPath, [appconnPath, ...words], {
      env: cleanEnvironment(),
      stdio,
      timeout: TOO_LONG,
      killSignal: "SIGKILL",
    });
    this.exited = once(this.process, "exit");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.process.exitCode === null && this.process.signalCode === null) this.process.kill("SIGKILL");
    await this.exited;
  }
}

/** The server has come so far that it stops in order. */
const running = (data: string) => eventually(() => stat(join(data, "kubeconfig")), { timeout: 30_000 });

test("unread output - a server ends when nobody reads its log, and says what is lost", async () => {
  using directory = new TemporaryDirectory();
  using pipe = new FullPipe();
  const data = join(directory.path, "data");
  await using server = new Started(
    ["serve", "--data-dir", data, ...FREE_PORTS],
    ["ignore", pipe.descriptor, "pipe"],
  );
  let errors = "";
  server.process.stderr?.setEncoding("utf8").on("data", (chunk: string) => (errors += chunk));
  await eventually(() => match(errors, /is ready/), { timeout: 30_000 });
  const gateway = /gateway +(http:\S+)/.exec(errors)?.[1];
  // Each of them writes an access line.
  for (let count = 0; count < 3; count++) equal((await fetch(`${gateway}/no/such`)).status, 404);
  const closed = once(server.process, "close");
  server.process.kill("SIGTERM");
  deepEqual(await closed, [0, null]);
  match(errors, /^warning: stdout did not take all of its log; lines lost: at most [3-9]$/m);
});

test("unread output - a server ends when nobody reads anything of it", async () => {
  using directory = new TemporaryDirectory();
  using pipe = new FullPipe();
  const data = join(directory.path, "data");
  await using server = new Started(
    ["serve", "--data-dir", data, ...FREE_PORTS],
    ["ignore", pipe.descriptor, pipe.descriptor],
  );
  await running(data);
  server.process.kill("SIGTERM");
  equal((await server.exited)[0], 0);
});

test("unread output - a server that cannot start ends with its code when nobody reads why", async () => {
  using pipe = new FullPipe();
  await using server = new Started(
    ["serve", "--data-dir", appconnPath],
    ["ignore", pipe.descriptor, pipe.descriptor],
  );
  equal((await server.exited)[0], 1);
});

test("unread output - the output of a command waits for its reader as long as that takes", async () => {
  using pipe = new FullPipe();
  const words = ["serve", "--help"];
  await using command = new Started(words, ["ignore", pipe.descriptor, "inherit"]);
  // That it is still there can be seen of no condition but the time: longer than a server would wait.
  await Promise.race([command.exited, delay(3 * OUTPUT_PATIENCE)]);
  equal(command.process.exitCode, null);
  let output = "";
  await eventually(() => {
    output += pipe.read();
    equal(command.process.exitCode, 0);
  });
  equal(output + pipe.read(), (await appconn(words)).stdout);
});
