import type { CheckedDocument } from "../checked-document.ts";
import type { Finding } from "../finding.ts";
import type { FormatCheck } from "./format-check.ts";
import { found } from "./found.ts";
import { limits } from "./limits.ts";
import type { Locate } from "./parsed-document.ts";
import { shortText } from "./short-text.ts";

const READY = { phase: "Ready", reason: "Uploaded", message: "Asset content has been uploaded" } as const;

/** Adds lines, order and the phase that tools which knew Rafter look for (registry spec §9.2). */
export function documentOutcome(checked: FormatCheck, locate?: Locate): CheckedDocument {
  const { format, version, metadata, converted, refused } = checked;
  return {
    format,
    version,
    metadata,
    converted,
    findings: atMost(inOrder(located(checked.findings, locate))),
    outcome: outcomeOf(checked.findings, refused),
  };
}

/** A document that could not be looked into: it is shown as any other, and a warning says why. */
export function uncheckedDocument(reason: string): CheckedDocument {
  const findings = [found("warning", "", `The document was not checked: ${reason}.`)];
  return { format: "unknown", version: "", metadata: {}, converted: undefined, findings, outcome: READY };
}

function outcomeOf(findings: readonly Finding[], refused: string | undefined): CheckedDocument["outcome"] {
  if (refused !== undefined) {
    const message = `Asset mutation failed due to ${refused}`;
    return { phase: "Failed", reason: "MutationFailed", message };
  }
  const errors = findings.filter(({ severity }) => severity === "error");
  const [first] = errors;
  if (!first) return READY;
  const others = errors.length > 1 ? ` (and ${errors.length - 1} more)` : "";
  const place = first.path === "" ? "" : `${shortText(first.path, 200)}: `;
  const message = `Asset validation failed due to ${place}${first.message}${others}`;
  return { phase: "Failed", reason: "ValidationFailed", message };
}

function located(findings: readonly Finding[], locate: Locate | undefined): readonly Finding[] {
  const missing = findings.filter(({ line, path }) => line === undefined && path !== "");
  if (!locate || missing.length === 0) return findings;
  const lines = locate(new Set(missing.slice(0, 2 * limits.findings).map(({ path }) => path)));
  return findings.map((finding) => ({ ...finding, line: finding.line ?? lines.get(finding.path) }));
}

const RANK: Readonly<Record<Finding["severity"], number>> = { error: 0, warning: 1, info: 2 };

/** Errors first; among them the order of the text. */
function inOrder(findings: readonly Finding[]): readonly Finding[] {
  return findings.toSorted(
    (one, other) =>
      RANK[one.severity] - RANK[other.severity] ||
      (one.line ?? Number.MAX_SAFE_INTEGER) - (other.line ?? Number.MAX_SAFE_INTEGER),
  );
}

function atMost(findings: readonly Finding[]): readonly Finding[] {
  if (findings.length <= limits.findings) return findings;
  const more = found("info", "", `${findings.length - limits.findings} more findings are not listed.`);
  return [...findings.slice(0, limits.findings), more];
}
