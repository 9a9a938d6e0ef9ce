import assert from "node:assert/strict";
import { findBinary } from "../tools/binary.ts";
import { documentCommands } from "./document-commands.ts";
import { Reader, type Typed } from "./reader.ts";

/** `fails`: the command is there to show a refusal, and its exit code says so. */
export type Shown = RegExp | { readonly fails: RegExp };

/**
 * What a reader sees after each command; a command without a row is one that nobody has checked. Where one
 * stands there several times, they are in order.
 */
export type Expected = Readonly<Record<string, Shown | readonly Shown[]>>;

/** Programs that a document may use and that this machine may lack. */
const FOREIGN = ["kubectl", "haproxy", "promtool"];

/**
 * Types every command of a document into a checkout of its own, one after the other, and ends with Ctrl-C. What
 * does not tell to start a server, as a page of reference, is for someone whose server runs.
 */
export async function followDocument(path: string, expected: Expected): Promise<void> {
  await using reader = await Reader.begin();
  const times = new Map<string, number>();
  const commands = documentCommands(path);
  const starts = commands.some((command) => command.startsWith("npm start"));
  for (const command of starts ? commands : ["npm start", ...commands]) {
    // It is what runs this.
    if (command === "npm test") continue;
    const foreign = FOREIGN.find((name) => command.startsWith(name));
    if (foreign !== undefined && findBinary(foreign).path === undefined) continue;
    const time = times.get(command) ?? 0;
    times.set(command, time + 1);
    const shown = [expected[command] ?? []].flat()[time];
    assert.ok(shown, `no test knows what "${command}" shows`);
    // A server that is started anew was stopped before.
    // eslint-disable-next-line no-await-in-loop -- as they stand in the document
    if (command.startsWith("npm start")) await stop(reader, "npm start");
    // eslint-disable-next-line no-await-in-loop -- as above
    assertShown(command, shown, await reader.type(command));
  }
  await stop(reader, "");
}

function assertShown(command: string, shown: Shown, { code, output }: Typed): void {
  const isRefused = "fails" in shown;
  assert.match(output, isRefused ? shown.fails : shown, command);
  const isRight = isRefused ? code !== 0 : code === 0 || code === null;
  assert.ok(isRight, `${command}: exit code ${code}\n${output}`);
}

/** Nothing that was stopped has met an error. */
async function stop(reader: Reader, beginning: string): Promise<void> {
  for (const command of reader.running.filter((one) => one.startsWith(beginning)).toReversed()) {
    // eslint-disable-next-line no-await-in-loop -- a server ends after those that use it
    const { output } = await reader.interrupt(command);
    assert.doesNotMatch(output, /\berror\b/i, command);
  }
}
