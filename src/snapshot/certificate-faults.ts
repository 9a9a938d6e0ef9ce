import { X509Certificate } from "node:crypto";
import { remedyOf, type Fault, type FindingReason } from "./finding.ts";

/** A certificate that ends sooner is worth a word, in milliseconds. */
export const ENDS_SOON = 14 * 24 * 3_600_000;

/**
 * What the time says of the client certificate in a Secret, which the server at the other end will judge (gateway
 * spec §9). `crt`: PEM, leaf first. What cannot be read is told of elsewhere.
 */
export function certificateFaults(secretName: string, crt: Buffer, now: number): readonly Fault[] {
  const leaf = leafOf(crt);
  if (!leaf) return [];
  const [from, to] = [leaf.validFromDate.getTime(), leaf.validToDate.getTime()];
  const told = `the client certificate in secret '${secretName}'`;
  if (now >= to) return [fault("CertificateExpired", "error", `${told} ended at ${timeText(to)}`)];
  if (now < from)
    return [fault("CertificateExpired", "error", `${told} does not count before ${timeText(from)}`)];
  if (to - now > ENDS_SOON) return [];
  return [fault("CertificateExpiring", "warning", `${told} ends at ${timeText(to)}`)];
}

function fault(reason: FindingReason, severity: Fault["severity"], message: string): Fault {
  return { reason, severity, step: "secret", message, remedy: remedyOf(reason) };
}

function leafOf(crt: Buffer): X509Certificate | undefined {
  const [block] =
    /-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/.exec(crt.toString("latin1")) ?? [];
  try {
    return block === undefined ? undefined : new X509Certificate(block);
  } catch {
    return undefined;
  }
}

/** The moment, not how long it is until then: a message that changes by itself would be told again and again. */
export function timeText(time: number): string {
  return new Date(time).toISOString().replace(/\.\d+Z$/, "Z");
}
