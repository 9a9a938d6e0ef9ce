import { isPlainObject } from "../../core/plain-object.ts";
import { objectAt, textAt } from "../json-fields.ts";
import type { ServerTrust } from "./server-trust.ts";

/** `connection.json`: what programs of the external system need beside key and certificate. No secret is in it. */
export interface ConnectionRecord {
  readonly application: string;
  readonly subject: string;
  /** Hex, as openssl prints it. */
  readonly serialNumber: string;
  /** SHA-256 of the certificate's DER, by which an administrator revokes it. */
  readonly hash: string;
  /** RFC 3339. */
  readonly issuedAt: string;
  readonly expiresAt: string;
  /** By whom the servers are known: exactly `server-ca.crt`, or the system's authorities. */
  readonly serverTrust: ServerTrust["kind"];
  /** `infoUrl`, `metadataUrl`, `eventsUrl`, `renewCertUrl`, `revokeCertUrl`, … */
  readonly urls: Readonly<Record<string, string>>;
  /** Tells whether a link is the one that this was paired with; of no use to anybody else. */
  readonly pairedWith?: string;
  /** RFC 3339. */
  readonly revokedAt?: string;
}

export function formatConnection(record: ConnectionRecord): string {
  return `${JSON.stringify(record, undefined, 2)}\n`;
}

/** Undefined when it is not what `formatConnection` wrote: people edit files. */
export function parseConnection(text: string): ConnectionRecord | undefined {
  const value = parsed(text);
  const urls = Object.entries(objectAt(value, "urls") ?? {});
  const serverTrust = textAt(value, "serverTrust");
  const [application, subject, expiresAt] = [
    textAt(value, "application"),
    textAt(value, "subject"),
    textAt(value, "expiresAt"),
  ];
  if (!isPlainObject(value) || !application || !subject || !expiresAt) return undefined;
  if (serverTrust !== "pinned" && serverTrust !== "file" && serverTrust !== "system") return undefined;
  return {
    ...optional("pairedWith", textAt(value, "pairedWith")),
    ...optional("revokedAt", textAt(value, "revokedAt")),
    application,
    subject,
    serialNumber: textAt(value, "serialNumber") ?? "",
    hash: textAt(value, "hash") ?? "",
    issuedAt: textAt(value, "issuedAt") ?? "",
    expiresAt,
    serverTrust,
    urls: Object.fromEntries(urls.filter((pair): pair is [string, string] => typeof pair[1] === "string")),
  };
}

function optional<Name extends string>(name: Name, value: string | undefined): Partial<Record<Name, string>> {
  return value === undefined ? {} : ({ [name]: value } as Record<Name, string>);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
