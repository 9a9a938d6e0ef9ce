import type { ServiceChange } from "./channels.ts";
import { jsonText } from "./json-text.ts";
import { timestamp } from "./timestamp.ts";

/** Who registered, changed or removed which service, with a line feed; never a credential or a document. */
export function serviceAuditLine(change: ServiceChange, now: number): string {
  const { action, status, application, service, name, before, after, client, peer, reason } = change;
  const texts = Object.entries({ application, service, name, before, after, client, peer, reason });
  const fields = texts.map(([key, value]) => (value === undefined ? "" : `,"${key}":${jsonText(value)}`));
  return `{"time":"${timestamp(now)}","log":"audit","event":"service","action":"${action}","code":${status}${fields.join("")}}\n`;
}
