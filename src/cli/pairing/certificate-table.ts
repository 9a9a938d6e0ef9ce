import type { PlainObject } from "../../core/plain-object.ts";
import { textAt } from "../json-fields.ts";
import type { Emphasis } from "../output/emphasis.ts";
import { printable } from "../output/printable.ts";
import type { Table } from "../output/table.ts";
import { dayAndTime } from "./times.ts";

export interface CertificateStyle {
  readonly withApplication: boolean;
  /** Whole hashes, and where the request came from. */
  readonly wide: boolean;
  readonly emphasis: Emphasis;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** Digits of a hash that tell certificates apart, and by which `cert revoke --hash` finds them. */
const SHORT = 12;

/** Issued certificates for people. */
export function certificateTable(records: readonly PlainObject[], style: CertificateStyle): Table {
  const columns = [
    ...(style.withApplication ? [{ name: "Application", wide: false }] : []),
    { name: "Serial", wide: false },
    { name: "Hash", wide: false },
    { name: "Issued", wide: false },
    { name: "Expires", wide: false },
    { name: "Asked from", wide: true },
    // Coloured, and therefore last: colours would count as characters of a column.
    { name: "Status", wide: false },
  ];
  return { columns, rows: records.map((record) => ({ cells: cells(record, style), metadata: undefined })) };
}

function cells(record: PlainObject, { withApplication, wide, emphasis, now }: CertificateStyle): string[] {
  const text = (name: string): string => printable(textAt(record, name) ?? "");
  return [
    ...(withApplication ? [text("application")] : []),
    text("serial"),
    wide ? text("hash") : text("hash").slice(0, SHORT),
    dayAndTime(text("issuedAt")),
    dayAndTime(text("notAfter")),
    text("requestedFrom"),
    statusOf(record, now, emphasis),
  ];
}

function statusOf(record: PlainObject, now: number, emphasis: Emphasis): string {
  const revokedAt = textAt(record, "revokedAt");
  const begin = Date.parse(textAt(record, "notBefore") ?? "");
  const end = Date.parse(textAt(record, "notAfter") ?? "");
  if (revokedAt !== undefined) return emphasis("red", `revoked ${dayAndTime(printable(revokedAt))}`);
  if (end <= now) return emphasis("dim", "expired");
  // Whoever renews does so at two thirds of the life: with a sixth left, something has stopped.
  if (end - now < (end - begin) / 6) return emphasis("yellow", "ends soon");
  return emphasis("green", "valid");
}
