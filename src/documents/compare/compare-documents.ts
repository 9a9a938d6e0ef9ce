import type { NewDocument } from "../document.ts";
import { ChangeList, TooManySteps } from "./change-list.ts";
import { compareAsyncApi } from "./compare-asyncapi.ts";
import { compareOData } from "./compare-odata.ts";
import { compareOpenApi } from "./compare-openapi.ts";
import { unknownComparison, type Comparison } from "./comparison.ts";
import { readDescription } from "./read-description.ts";

/**
 * Whether callers of an interface break when one description of it is followed by another. Takes any bytes and
 * never throws; it may take long, so that `DocumentChecks` runs it in a thread.
 */
export function compareDocuments(before: NewDocument, after: NewDocument): Comparison {
  try {
    return compare(before, after);
  } catch (error) {
    const tooMuch = error instanceof TooManySteps || error instanceof RangeError;
    return unknownComparison(tooMuch ? "the documents are too entangled" : "the documents cannot be read");
  }
}

function compare(before: NewDocument, after: NewDocument): Comparison {
  if (Buffer.compare(before.content, after.content) === 0) {
    return { verdict: "unchanged", changes: [], reason: undefined };
  }
  const [from, to] = [readDescription(before), readDescription(after)];
  if ("unreadable" in from) return unknownComparison(`the earlier document ${from.unreadable}`);
  if ("unreadable" in to) return unknownComparison(`the later document ${to.unreadable}`);
  const changes = new ChangeList();
  if (from.kind === "odata" && to.kind === "odata") compareOData(from.model, to.model, changes);
  else if (from.kind === "openapi" && to.kind === "openapi") {
    compareOpenApi({ before: from.root, after: to.root }, changes);
  } else if (from.kind === "asyncapi" && to.kind === "asyncapi") {
    compareAsyncApi({ before: from.root, after: to.root }, changes);
  } else return unknownComparison(`the one document is ${from.kind}, the other ${to.kind}`);
  return changes.comparison();
}
