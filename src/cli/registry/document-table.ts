import type { PlainObject } from "../../core/plain-object.ts";
import { objectsAt, textAt, valueAt } from "../json-fields.ts";
import { printable } from "../output/printable.ts";
import type { Table } from "../output/table.ts";

const DOCUMENTS = [
  { name: "Type", wide: false },
  { name: "File", wide: false },
  { name: "Phase", wide: false },
  { name: "Bytes", wide: false },
  { name: "Errors", wide: false },
  { name: "Warnings", wide: false },
  { name: "Hash", wide: true },
  { name: "Message", wide: true },
] as const;

/** The documents of a service, with what their checks say. */
export function documentTable(documents: readonly PlainObject[]): Table {
  const rows = documents.map((document) => ({
    cells: [
      text(document, "type"),
      text(document, "fileName"),
      text(document, "phase"),
      count(document, "size"),
      count(document, "findings", "error"),
      count(document, "findings", "warning"),
      text(document, "hash"),
      text(document, "message"),
    ],
    metadata: undefined,
  }));
  return { columns: DOCUMENTS, rows };
}

const FINDINGS = [
  { name: "Type", wide: false },
  { name: "Severity", wide: false },
  { name: "Line", wide: false },
  { name: "Path", wide: false },
  { name: "Message", wide: false },
] as const;

/** What checks found, the worst of each document first. */
export function findingTable(findings: readonly PlainObject[]): Table {
  const rows = findings.map((finding) => ({
    cells: [
      text(finding, "type"),
      text(finding, "severity"),
      count(finding, "line"),
      text(finding, "path"),
      text(finding, "message"),
    ],
    metadata: undefined,
  }));
  return { columns: FINDINGS, rows };
}

/** The documents of a dry run, and below them what was found in them; no table without any. */
export function triedTables(documents: readonly PlainObject[]): readonly Table[] {
  const findings = documents.flatMap((document) =>
    objectsAt(document, "findings").map((finding) => ({ type: textAt(document, "type"), ...finding })),
  );
  const counted = documents.map((document) => {
    const found = (severity: string) =>
      objectsAt(document, "findings").filter((one) => textAt(one, "severity") === severity).length;
    return { ...document, findings: { error: found("error"), warning: found("warning") } };
  });
  return [
    ...(counted.length > 0 ? [documentTable(counted)] : []),
    ...(findings.length > 0 ? [findingTable(findings)] : []),
  ];
}

function text(value: unknown, ...path: string[]): string {
  return printable(textAt(value, ...path) ?? "");
}

function count(value: unknown, ...path: string[]): string {
  const found = valueAt(value, ...path);
  return typeof found === "number" ? String(found) : "";
}
