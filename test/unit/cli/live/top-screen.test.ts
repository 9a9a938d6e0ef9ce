import assert from "node:assert/strict";
import { EventEmitter, once } from "node:events";
import { writeFileSync } from "node:fs";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { test } from "node:test";
import { runCommandLine } from "../../../../src/cli/program.ts";
import { eventually } from "../../../doubles/eventually.ts";
import { TemporaryDirectory } from "../../../doubles/temporary-directory.ts";

/** A terminal whose size a test changes, and on which it types. */
class Screen extends EventEmitter {
  readonly isTTY = true;
  columns = 100;
  rows = 10;
  text = "";
  readonly modes: boolean[] = [];
  readonly keyboard = Object.assign(new PassThrough(), {
    isTTY: true,
    setRawMode: (isRaw: boolean) => void this.modes.push(isRaw),
  });

  write(text: string): void {
    this.text += text;
  }

  resize(columns: number, rows: number): void {
    Object.assign(this, { columns, rows });
    this.emit("resize");
  }

  /** Lines of what was drawn last, without control sequences. */
  get lines(): readonly string[] {
    const drawn = this.text.split("\u001B[H").at(-1) ?? "";
    // oxlint-disable-next-line no-control-regex -- what a terminal is sent
    return drawn.replaceAll(/\u001B\[[?\d;]*[A-Za-z]/g, "").split("\r\n");
  }
}

const frame = (applications: readonly string[]): string =>
  `${JSON.stringify({
    time: "2026-11-22T12:00:00.000Z",
    seconds: 1,
    calls: applications.map((application) => ({
      application,
      service: "s",
      entry: "e",
      calls: 1,
      p50: 1,
      p99: 1,
    })),
  })}\n`;

test("top - a terminal that changes its size is redrawn at once, from what is known, until q is typed", async () => {
  using directory = new TemporaryDirectory();
  const opened = Promise.withResolvers<ServerResponse>();
  const server = createServer((_, response) => opened.resolve(response)).listen(0, "127.0.0.1");
  await once(server, "listening");
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const kubeconfig = join(directory.path, "kubeconfig");
  const config = {
    clusters: [{ name: "a", cluster: { server: url } }],
    contexts: [{ name: "a", context: { cluster: "a" } }],
    "current-context": "a",
  };
  writeFileSync(kubeconfig, JSON.stringify(config));
  const screen = new Screen();
  const ended = runCommandLine(["top", "--kubeconfig", kubeconfig], {
    terminal: {
      environment: {},
      stdin: screen.keyboard,
      stdout: screen,
      stderr: screen,
      outliveOutput: () => undefined,
    },
    version: "1.2.3",
    server: { settings: () => Promise.resolve({}), start: () => Promise.reject(new Error("not here")) },
  });
  const response = await opened.promise;
  response.write(frame(["a", "b", "c", "d", "e", "f"]));
  await eventually(() => assert.equal(screen.lines.length, 9, screen.lines.join("\n")));
  screen.resize(31, 6);
  assert.deepEqual(
    screen.lines.filter((line) => line.length > 30),
    [],
    "what clears the rest of a line would clear a character in the last column",
  );
  assert.deepEqual(
    screen.lines.map((line) => line.trimEnd()),
    [
      "appconn top  12:00:00   6 APIs",
      "6.0 calls/s   5xx 0.0 %   refu",
      "APPLIC  SERVIC  ENTRY  CALLS/S",
      "a       s       e          1.0",
      "b       s       e          1.0",
      "and 4 more",
    ].map((line) =>
      line.replace("12:00:00", new Date("2026-11-22T12:00:00.000Z").toTimeString().slice(0, 8)),
    ),
  );
  assert.deepEqual(screen.modes, [true]);
  screen.keyboard.write("x");
  screen.keyboard.write("q");
  assert.equal(await ended, 0);
  assert.deepEqual(screen.modes, [true, false]);
  assert.equal(screen.listenerCount("resize"), 0);
  assert.ok(screen.text.endsWith("\u001B[?1049l"));
  server.closeAllConnections();
  server.close();
});
