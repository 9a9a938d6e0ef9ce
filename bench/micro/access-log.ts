import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock } from "../../src/core/clock.ts";
import { startAccessLog } from "../../src/telemetry/access-log.ts";
import { startAudit } from "../../src/telemetry/audit.ts";
import { FileOutlet } from "../../src/telemetry/file-outlet.ts";
import { LineSink } from "../../src/telemetry/line-sink.ts";
import { measureCalls } from "./measure.ts";

/** CPU time of one access line and of one audit record, put together and written to a file. */
const directory = mkdtempSync(join(tmpdir(), "appconn-bench-"));
const sink = new LineSink(new FileOutlet(join(directory, "calls.log"), 256 * 1024 * 1024), {
  flushInterval: 100,
  clock: systemClock,
  onTrouble: (error) => error && console.error(error.message),
});
try {
  const accessLog = startAccessLog({ sink, form: "json", clock: systemClock });
  await measureCalls("access-log");
  accessLog[Symbol.dispose]();
  using _ = startAudit(sink, systemClock);
  await measureCalls("audit");
} finally {
  await sink.close(1000);
  rmSync(directory, { recursive: true });
}
if (sink.dropped > 0) console.error(`${sink.dropped} lines dropped`);
