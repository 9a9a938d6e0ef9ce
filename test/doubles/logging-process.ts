import { clearInterval, setInterval } from "node:timers";
import { processTerminal } from "../../src/cli/process-terminal.ts";
import { callFinished } from "../../src/telemetry/channels.ts";
import { telemetrySettings } from "../../src/telemetry/options.ts";
import { startTelemetry } from "../../src/telemetry/telemetry.ts";
import { aFinishedCall } from "./finished-call.ts";
import { defaultsOf } from "./setting-defaults.ts";

/**
 * A process that logs calls like a busy gateway, for tests of what happens to its logs:
 * `logging-process.ts DIRECTORY MODE CALLS [ACCESS-LOG]`. Modes: close (orderly end), exit (process.exit),
 * crash (uncaught exception), stay (until SIGTERM). It says on stderr that it is ready, and how many turns its
 * event loop made.
 */
const [directory = ".", mode = "close", calls = "1", accessLog = "stdout"] = process.argv.slice(2);
const defaults = defaultsOf(telemetrySettings);
const telemetry = await startTelemetry(
  { ...defaults, accessLog: { ...defaults.accessLog, destination: accessLog } },
  { dataDirectory: directory, version: "0.0.0" },
);
const publish = (count: number, first = 0) => {
  for (let index = 0; index < count; index++)
    callFinished.publish(aFinishedCall({ requestId: `${first + index}` }));
};

let turns = 0;
let published = Number(calls);
publish(published);
if (mode === "exit") process.exit(0);
if (mode === "crash") throw new Error("crashed on purpose");
if (mode === "close") {
  await telemetry.close();
} else {
  const turning = setInterval(() => process.stderr.write(`turn ${turns++}\n`), 10);
  const terminal = processTerminal();
  terminal.outliveOutput();
  process.on("SIGTERM", () => {
    clearInterval(turning);
    void telemetry.close().then(() => terminal.end(0));
  });
  process.on("SIGUSR2", () => {
    publish(1, published);
    published++;
  });
}
