import type { Finding } from "../finding.ts";
import { activeContent } from "./active-content.ts";
import { found } from "./found.ts";
import { limits } from "./limits.ts";
import { countPlainValues } from "./plain-content.ts";
import { ReferenceCheck } from "./reference-check.ts";
import { pointerOf, walkDocument, type Place } from "./walk-document.ts";

export interface CheckedContent {
  readonly findings: readonly Finding[];
  /** How many values there are. */
  readonly values: number;
}

/** Texts that a page would show as they are, and that could carry markup. */
const SHOWN = new Set(["description", "summary", "title"]);

/** What JSON Schema names places with. */
const ANCHORS = new Set(["$id", "$anchor", "$dynamicAnchor"]);

const MET = new Set(["$ref", "__proto__", ...ANCHORS, ...SHOWN]);

/**
 * What holds for every description of an interface: references lead somewhere within it, texts carry no
 * active content. Gives the reason where the document is too large or too deep for any further check.
 */
export function checkContent(root: unknown): CheckedContent | { readonly unchecked: string } {
  const plain = countPlainValues(root);
  return plain === undefined ? checkEachPlace(root) : { findings: [], values: plain };
}

/** The same for documents in which there is something to be found. */
export function checkEachPlace(root: unknown): CheckedContent | { readonly unchecked: string } {
  const findings: Finding[] = [];
  const references = new ReferenceCheck(root);
  const add = (finding: Finding) => {
    if (findings.length <= limits.findings) findings.push(finding);
  };
  const meet = (value: unknown, place: Place) => {
    const { key, literal } = place;
    if (key === "__proto__") {
      add(found("warning", pointerOf(place), "The key __proto__ misleads many programs that read it."));
    }
    if (typeof value !== "string") return;
    if (ANCHORS.has(key)) references.addAnchor(key, value);
    else if (key === "$ref" && !literal) references.add(value, place);
    else if (SHOWN.has(key)) {
      const content = activeContent(value);
      if (content) add(found("warning", pointerOf(place), content));
    }
  };
  const values = walkDocument(root, { keys: MET, meet });
  if (values === "depth") return { unchecked: `it nests deeper than ${limits.depth} levels` };
  if (values === "values") return { unchecked: `it has more than ${limits.values} values` };
  return { findings: [...findings, ...references.findings()], values };
}
