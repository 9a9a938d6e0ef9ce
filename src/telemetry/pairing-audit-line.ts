import type { PairingStep } from "./channels.ts";
import { jsonText } from "./json-text.ts";
import { timestamp } from "./timestamp.ts";

/** Who got, renewed or revoked which identity, with a line feed; never a token or a key. */
export function pairingAuditLine(step: PairingStep, now: number): string {
  const { action, phase, application, tenant, group, serial, hash, renewedFrom, notAfter, peer, reason } =
    step;
  const texts = Object.entries({ application, tenant, group, serial, hash, renewedFrom, peer, reason });
  const fields = texts.map(([name, value]) => (value === undefined ? "" : `,"${name}":${jsonText(value)}`));
  const end = notAfter === undefined ? "" : `,"notAfter":"${timestamp(notAfter)}"`;
  return `{"time":"${timestamp(now)}","log":"audit","event":"pairing","action":"${action}","result":"${phase}"${fields.join("")}${end}}\n`;
}
