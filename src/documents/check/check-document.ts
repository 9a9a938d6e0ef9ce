import { isPlainObject, ownValue } from "../../core/plain-object.ts";
import type { CheckedDocument } from "../checked-document.ts";
import type { NewDocument } from "../document.ts";
import type { Finding } from "../finding.ts";
import { checkAsyncApi } from "./check-asyncapi.ts";
import { checkDocumentation } from "./check-documentation.ts";
import { checkMarkdown } from "./check-markdown.ts";
import { checkOdataJson, isOdataJson } from "./check-odata-json.ts";
import { checkOdataXml } from "./check-odata-xml.ts";
import { checkOpenApi } from "./check-openapi.ts";
import { documentOutcome, uncheckedDocument } from "./document-outcome.ts";
import type { FormatCheck } from "./format-check.ts";
import { isOpenApi } from "./is-openapi.ts";
import { KEPT_AS_IT_IS } from "./kept-as-it-is.ts";
import { limits } from "./limits.ts";
import { parseDocument } from "./parse-document.ts";
import type { ParsedDocument } from "./parsed-document.ts";
import { readText } from "./read-text.ts";

type Checked = FormatCheck | { readonly unchecked: string };

/**
 * Everything that is said of a document: format, findings, what search needs. Takes any bytes and never
 * throws. Hostile ones may take seconds and much memory, so that `DocumentChecks` runs it in a thread.
 */
export function checkDocument(document: NewDocument): CheckedDocument {
  try {
    return check(document);
  } catch (error) {
    // A stack that ended: what is left is nested more deeply than its checks can follow.
    return uncheckedDocument(error instanceof RangeError ? "it nests too deeply" : "it cannot be read");
  }
}

function check(document: NewDocument): CheckedDocument {
  if (document.content.length > limits.content) {
    return uncheckedDocument(`it is larger than ${limits.content} bytes`);
  }
  const read = readText(document.content);
  if (!read) return documentOutcome(unknown([]));
  const parsed = parseDocument(read.text, document);
  const checked = checkParsed(parsed, document);
  if ("unchecked" in checked) return uncheckedDocument(checked.unchecked);
  const damage = read.damage && [damageOf(checked, read.damage)];
  const findings = [
    ...(damage ?? []),
    ...(parsed.kind === "data" ? parsed.findings : []),
    ...checked.findings,
  ];
  // Places in a converted document are not those of its text.
  const locate = parsed.kind === "data" && !checked.converted ? parsed.locate : undefined;
  return documentOutcome({ ...checked, findings }, locate);
}

/** In a file of which nothing is known, bytes that are no text are nothing wrong. */
function damageOf({ format }: FormatCheck, damage: Finding): Finding {
  return format === "unknown" ? { ...damage, severity: "info" } : damage;
}

function checkParsed(parsed: ParsedDocument, document: NewDocument): Checked {
  switch (parsed.kind) {
    case "unchecked":
      return { unchecked: parsed.reason };
    case "broken":
      return checkBroken(parsed.finding, document);
    case "xml":
      return checkOdataXml(parsed.text, document);
    case "text":
      return checkText(parsed.text, parsed.markdown, document);
    case "data":
      return checkData(parsed.value, document);
  }
}

/** The original refuses events that are no object before it looks at anything else (registry spec §9.5). */
function checkBroken(finding: Finding, { type, fileName }: NewDocument): Checked {
  if (type !== "asyncapi") return unknown([finding]);
  const checked = checkAsyncApi(undefined, fileName);
  if ("unchecked" in checked) return checked;
  const refusals = checked.findings.map((refusal) => ({ ...refusal, line: finding.line }));
  return { ...checked, findings: [...refusals, finding] };
}

function checkText(text: string, markdown: boolean, { type, fileName }: NewDocument): Checked {
  if (markdown) return checkMarkdown(text);
  if (text.trim() === "" || type === "docs") return unknown([]);
  return type === "asyncapi" ? checkAsyncApi(undefined, fileName) : unknown([KEPT_AS_IT_IS]);
}

/** What it says of itself counts more than what it was declared as (registry spec §11.3). */
function checkData(value: unknown, { type, fileName }: NewDocument): Checked {
  if (isOpenApi(value)) return checkOpenApi(value);
  if (isPlainObject(value)) {
    if (ownValue(value, "asyncapi") !== undefined || type === "asyncapi")
      return checkAsyncApi(value, fileName);
    if (isOdataJson(value)) return checkOdataJson(value);
    if (type === "docs") return checkDocumentation(value);
  }
  if (type === "asyncapi") return checkAsyncApi(value, fileName);
  return unknown(type === "docs" ? [] : [KEPT_AS_IT_IS]);
}

function unknown(findings: readonly Finding[]): FormatCheck {
  return { format: "unknown", version: "", metadata: {}, findings };
}
