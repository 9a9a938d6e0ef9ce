import { transportCode, transportReason } from "../../outbound/transport-reason.ts";
import { ENDS_SOON } from "../../snapshot/certificate-faults.ts";
import { answerStep } from "./answer-step.ts";
import { skipped, type CheckStep, type CheckStepName } from "./check-step.ts";
import type { Probe } from "./probe-target.ts";
import { certificateNamesText } from "./certificate-names.ts";
import {
  CERTIFICATE_REMEDY,
  isCertificateAlert,
  NO_HANDSHAKE_REMEDY,
  transportRemedy,
} from "./transport-remedy.ts";

export interface ProbedTarget {
  readonly hostname: string;
  readonly isSecure: boolean;
  /** The name that its certificate must have. */
  readonly serverName: string;
  /** Whether a proxy stands before it, which looks its name up. */
  readonly isProxied: boolean;
  /** Whether a client certificate is presented to it. */
  readonly presentsCertificate: boolean;
  /** Whether credentials of the API go with its requests. */
  readonly hasCredentials: boolean;
  /** Why no request was sent; undefined where one was to be. */
  readonly unsent: string | undefined;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

const NOT_REACHED = "a step before it failed";

/** What a probe says of each step between a name and an answer. */
export function connectionSteps(probe: Probe, target: ProbedTarget): readonly CheckStep[] {
  const failing = failingStep(probe, target);
  const steps = [
    dnsStep(probe, target),
    policyStep(target),
    tcpStep(probe),
    tlsStep(probe, target),
    httpStep(probe, target),
  ];
  const index = steps.findIndex(({ step }) => step === failing);
  const { outcome } = probe;
  if (index < 0 || outcome.kind !== "failed") return steps;
  // What was before it went well, and what comes behind it was not tried.
  return steps.map((step, place) =>
    place < index
      ? step
      : place === index
        ? failed(step, outcome.error, target)
        : skipped(step.step, NOT_REACHED),
  );
}

/** The step that a failure belongs to. */
function failingStep({ outcome, recorder }: Probe, target: ProbedTarget): CheckStepName | undefined {
  if (outcome.kind !== "failed") return undefined;
  const code = transportCode(outcome.error);
  if (code === "EGRESS_REFUSED") return "policy";
  if (recorder.found?.value instanceof Error) return "dns";
  if (!recorder.found && !recorder.reached && isLookedUp(target)) return "dns";
  if (!recorder.reached || code === "PROXY_REFUSED") return "tcp";
  return target.isSecure && (!recorder.shaken || isCertificateAlert(code)) ? "tls" : "http";
}

function failed({ step, milliseconds }: CheckStep, error: Error, target: ProbedTarget): CheckStep {
  const code = transportCode(error);
  if (code === "") return { step, state: "failed", milliseconds, message: error.message, remedy: SILENT };
  const message = `${transportReason(error)}${certificateNamesText(error)}`;
  return { step, state: "failed", milliseconds, message, remedy: remedyOf(step, code, target) };
}

function remedyOf(step: CheckStepName, code: string, target: ProbedTarget): string {
  if (step === "tls" && code === "CONNECT_TIMEOUT") return NO_HANDSHAKE_REMEDY;
  // Not every server says why it hangs up on a certificate.
  const isHungUp = step === "http" && (code === "CLOSED_BEFORE_ANSWER" || code === "ECONNRESET");
  return isHungUp && target.presentsCertificate ? CERTIFICATE_REMEDY : transportRemedy(code);
}

const SILENT = "Look at the log of the target: it took the request and does not answer.";

function isLookedUp({ hostname, isProxied }: ProbedTarget): boolean {
  return !isProxied && !/^[\d.]+$|:/.test(hostname);
}

function dnsStep({ recorder: { begun, found }, ended }: Probe, target: ProbedTarget): CheckStep {
  if (target.isProxied) return skipped("dns", "the proxy looks the name up");
  if (!isLookedUp(target)) return skipped("dns", "the target is written as an address");
  const milliseconds = (found?.at ?? ended) - begun;
  const addresses = Array.isArray(found?.value) ? `: ${found.value.join(", ")}` : "";
  return { step: "dns", state: "ok", milliseconds, message: `${target.hostname} is known${addresses}` };
}

function policyStep({ isProxied }: ProbedTarget): CheckStep {
  if (isProxied) return skipped("policy", "the proxy connects to the target");
  return { step: "policy", state: "ok", milliseconds: 0, message: "calls may go to this address" };
}

function tcpStep({ recorder: { begun, found, reached }, ended }: Probe): CheckStep {
  const to = reached?.value;
  const message = to ? `connected to ${to.isProxy ? "the proxy at " : ""}${to.address}` : "not connected";
  return { step: "tcp", state: "ok", milliseconds: (reached?.at ?? ended) - (found?.at ?? begun), message };
}

function tlsStep({ recorder: { reached, shaken }, ended }: Probe, target: ProbedTarget): CheckStep {
  if (!target.isSecure) return skipped("tls", "the target URL says http: nothing is encrypted");
  const milliseconds = (shaken?.at ?? ended) - (reached?.at ?? ended);
  const done = { step: "tls", milliseconds } as const;
  if (!shaken) return { ...done, state: "ok", message: "no handshake" };
  const { protocol, distrusted, ends } = shaken.value;
  if (distrusted !== undefined) {
    const message = `${protocol}; the certificate is not verified (skipVerify), and would not be taken: ${distrusted}`;
    return { ...done, state: "warning", message, remedy: transportRemedy(distrusted) };
  }
  const until = ends === undefined ? "" : ` until ${new Date(ends).toISOString().slice(0, 10)}`;
  const message = `${protocol}; the certificate is trusted, for ${target.serverName}${until}`;
  if (ends === undefined || ends - target.now > ENDS_SOON) return { ...done, state: "ok", message };
  return { ...done, state: "warning", message, remedy: transportRemedy("CERT_HAS_EXPIRED") };
}

function httpStep({ recorder, outcome, ended }: Probe, { unsent, hasCredentials }: ProbedTarget): CheckStep {
  if (unsent !== undefined) return skipped("http", unsent);
  const milliseconds = ended - (recorder.shaken?.at ?? recorder.reached?.at ?? ended);
  if (outcome.kind !== "answered") return { step: "http", state: "ok", milliseconds, message: "" };
  return answerStep({ status: outcome.status, milliseconds, hasCredentials });
}
