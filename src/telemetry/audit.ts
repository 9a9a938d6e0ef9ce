import type { Clock } from "../core/clock.ts";
import { adminAuditLine, callAuditLine } from "./audit-line.ts";
import {
  adminWritten,
  callFinished,
  pairingStep,
  serviceChanged,
  type AdminWrite,
  type FinishedCall,
  type PairingStep,
  type ServiceChange,
} from "./channels.ts";
import type { LineSink } from "./line-sink.ts";
import { pairingAuditLine } from "./pairing-audit-line.ts";
import { serviceAuditLine } from "./service-audit-line.ts";

/**
 * Writes an audit record for every call, every write through the admin API, every step of pairing and every change
 * of a service, until disposed of.
 */
export function startAudit(sink: LineSink, clock: Clock): Disposable {
  const writeCall = (call: FinishedCall) => sink.write(callAuditLine(call, clock.now()));
  // Administration is rare and grave: its record does not wait in memory.
  const writeAdmin = (write: AdminWrite) => sink.write(adminAuditLine(write, clock.now()), true);
  const writePairing = (step: PairingStep) => {
    if (step.phase !== "started") sink.write(pairingAuditLine(step, clock.now()), true);
  };
  const writeService = (change: ServiceChange) => sink.write(serviceAuditLine(change, clock.now()), true);
  callFinished.subscribe(writeCall);
  adminWritten.subscribe(writeAdmin);
  pairingStep.subscribe(writePairing);
  serviceChanged.subscribe(writeService);
  return {
    [Symbol.dispose]() {
      callFinished.unsubscribe(writeCall);
      adminWritten.unsubscribe(writeAdmin);
      pairingStep.unsubscribe(writePairing);
      serviceChanged.unsubscribe(writeService);
    },
  };
}
