import { connectorAnswered, pairingStep, type ConnectorAnswer, type PairingStep } from "./channels.ts";
import type { Log } from "./log.ts";
import { timestamp } from "./timestamp.ts";

/** The original's lines, which operators' alerts match on (connector spec §10). */
const TEXTS: Readonly<Record<PairingStep["action"], Readonly<Record<PairingStep["phase"], string>>>> = {
  token: {
    started: "Generating token",
    succeeded: "Token generated successfully.",
    failed: "Token generation failed.",
  },
  issue: {
    started: "Starting certificate generation.",
    succeeded: "Certificate generated successfully.",
    failed: "Certificate generation failed.",
  },
  renew: {
    started: "Starting certificate renewal.",
    succeeded: "Certificate renewed successfully.",
    failed: "Certificate renewal failed.",
  },
  revoke: {
    started: "Starting certificate revocation.",
    succeeded: "Certificate revoked successfully.",
    failed: "Certificate revocation failed.",
  },
  rotate: {
    started: "Starting rotation of the certificate authority.",
    succeeded: "Certificate authority rotated successfully.",
    failed: "Rotation of the certificate authority failed.",
  },
};

/** Logs every step of pairing and every refusal of the connector, until disposed of. */
export function startPairingLog(log: Log): Disposable {
  pairingStep.subscribe(writeStep);
  connectorAnswered.subscribe(writeRefusal);
  return {
    [Symbol.dispose]() {
      pairingStep.unsubscribe(writeStep);
      connectorAnswered.unsubscribe(writeRefusal);
    },
  };

  function writeStep(step: PairingStep): void {
    const { action, phase, application, tenant, group, serial, hash, notAfter, peer, reason } = step;
    const fields = {
      Application: application,
      Tenant: tenant,
      Group: group,
      serial,
      hash,
      notAfter: notAfter === undefined ? undefined : timestamp(notAfter),
      renewedFrom: step.renewedFrom,
      peer,
      reason,
    };
    const text = TEXTS[action][phase];
    // Somebody is shut out, or everybody gets another issuer: to be seen among the many.
    const isGrave =
      phase === "failed" || (phase === "succeeded" && (action === "revoke" || action === "rotate"));
    if (isGrave) log.warn(text, fields);
    else log.info(text, fields);
  }

  function writeRefusal({ endpoint, method, status, failure, reason, error, peer }: ConnectorAnswer): void {
    const fields = { endpoint, method, status, failure, reason, peer };
    if (error !== undefined) log.error("the connector met an unexpected error", { ...fields, error });
    else if (status >= 500) log.error("the connector cannot answer a request", fields);
    else if (failure !== undefined) log.info("the connector refused a request", fields);
  }
}
