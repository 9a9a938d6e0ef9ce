import assert from "node:assert/strict";
import { Readable } from "node:stream";
import { test } from "node:test";
import { runCommandLine } from "../../../src/cli/program.ts";

/** The options of a help text, as they are shown where a line has so many characters. */
async function optionsOf(command: string, columns: number | undefined): Promise<readonly string[]> {
  let written = "";
  const output = {
    write: (text: string) => (written += text),
    ...(columns === undefined ? {} : { columns }),
  };
  const code = await runCommandLine([command, "--help"], {
    terminal: {
      environment: {},
      stdin: Readable.from([]),
      stdout: output,
      stderr: output,
      outliveOutput: () => undefined,
    },
    version: "1.2.3",
    server: { settings: () => Promise.resolve({}), start: () => Promise.reject(new Error("not here")) },
  });
  assert.equal(code, 0);
  assert.match(written, new RegExp(`^Usage: appconn ${command} `));
  return written.split("\n").filter((line) => /^ {2}(-| {3,})/.test(line));
}

const longest = (lines: readonly string[]): number => Math.max(...lines.map((line) => line.length));

test("help width - help is as wide as the terminal, and never wider than 100 characters", async () => {
  for (const command of ["get", "apply", "describe", "delete"]) {
    const narrow = await optionsOf(command, 60);
    const wide = await optionsOf(command, 200);
    assert.ok(longest(narrow) <= 60, narrow.join("\n"));
    assert.ok(longest(wide) <= 100, wide.join("\n"));
    assert.ok(narrow.length > wide.length);
    assert.deepEqual(await optionsOf(command, undefined), wide);
  }
});
