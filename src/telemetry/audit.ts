import type { Clock } from "../core/clock.ts";
import { adminAuditLine, callAuditLine } from "./audit-line.ts";
import {
  adminWritten,
  callFinished,
  pairingStep,
  type AdminWrite,
  type FinishedCall,
  type PairingStep,
} from "./channels.ts";
import type { LineSink } from "./line-sink.ts";
import { pairingAuditLine } from "./pairing-audit-line.ts";

/** Writes an audit record for every call, every write through the admin API and every step of pairing, until disposed of. */
export function startAudit(sink: LineSink, clock: Clock): Disposable {
  const writeCall = (call: FinishedCall) => sink.write(callAuditLine(call, clock.now()));
  // Administration is rare and grave: its record does not wait in memory.
  const writeAdmin = (write: AdminWrite) => sink.write(adminAuditLine(write, clock.now()), true);
  const writePairing = (step: PairingStep) => {
    if (step.phase !== "started") sink.write(pairingAuditLine(step, clock.now()), true);
  };
  callFinished.subscribe(writeCall);
  adminWritten.subscribe(writeAdmin);
  pairingStep.subscribe(writePairing);
  return {
    [Symbol.dispose]() {
      callFinished.unsubscribe(writeCall);
      adminWritten.unsubscribe(writeAdmin);
      pairingStep.unsubscribe(writePairing);
    },
  };
}
