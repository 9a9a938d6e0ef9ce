import type { Clock } from "../core/clock.ts";
import { adminAuditLine, callAuditLine } from "./audit-line.ts";
import { adminWritten, callFinished, type AdminWrite, type FinishedCall } from "./channels.ts";
import type { LineSink } from "./line-sink.ts";

/** Writes an audit record for every call and for every write through the admin API, until disposed of. */
export function startAudit(sink: LineSink, clock: Clock): Disposable {
  const writeCall = (call: FinishedCall) => sink.write(callAuditLine(call, clock.now()));
  // Administration is rare and grave: its record does not wait in memory.
  const writeAdmin = (write: AdminWrite) => sink.write(adminAuditLine(write, clock.now()), true);
  callFinished.subscribe(writeCall);
  adminWritten.subscribe(writeAdmin);
  return {
    [Symbol.dispose]() {
      callFinished.unsubscribe(writeCall);
      adminWritten.unsubscribe(writeAdmin);
    },
  };
}
