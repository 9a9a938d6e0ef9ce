import { pathOf } from "./access-line.ts";
import { apiNames } from "./api-names.ts";
import type { AdminWrite, FinishedCall } from "./channels.ts";
import { jsonText } from "./json-text.ts";
import { timestamp } from "./timestamp.ts";

/** Who called which API with which credential (never the credential itself), with a line feed. */
export function callAuditLine(call: FinishedCall, now: number): string {
  return (
    `{"time":"${timestamp(now)}","log":"audit","event":"call"${caller(call)}${apiNames(call)}` +
    `,"method":${jsonText(call.method)},"path":${jsonText(pathOf(call))}` +
    `,"accessToken":${call.accessToken}${credential(call)}` +
    `,"status":${call.status},"origin":"${call.origin}"` +
    `${optional("failure", call.failure)},"requestId":${jsonText(call.requestId)}}\n`
  );
}

/** Who changed what through the admin API. */
export function adminAuditLine(write: AdminWrite, now: number): string {
  return (
    `{"time":"${timestamp(now)}","log":"audit","event":"admin","user":${jsonText(write.user)}` +
    `${optional("peer", write.peer)},"verb":"${write.verb}","resource":${jsonText(write.resource)}` +
    `${optional("namespace", write.namespace)}${optional("name", write.name)},"code":${write.code}` +
    optional("role", write.role) +
    (write.applications ? `,"applications":${JSON.stringify(write.applications)}` : "") +
    (write.dryRun ? ',"dryRun":true' : "") +
    `${optional("command", write.command)}${optional("session", write.session)}}\n`
  );
}

function caller({ peer, callerIdentity }: FinishedCall): string {
  return optional("peer", peer) + optional("identity", callerIdentity);
}

function credential({ credentialType, credentialSecret, tlsVerified, attempts }: FinishedCall): string {
  return (
    optional("credentialType", credentialType) +
    optional("credentialSecret", credentialSecret) +
    (attempts > 0 ? `,"tlsVerified":${tlsVerified}` : "")
  );
}

function optional(name: string, value: string | undefined): string {
  return value === undefined ? "" : `,"${name}":${jsonText(value)}`;
}
