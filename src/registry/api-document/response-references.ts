/** The component that describes an answer. */
const COMPONENTS = {
  400: "Invalid",
  403: "Forbidden",
  404: "NotFound",
  408: "Late",
  409: "IdentifierTaken",
  412: "Stale",
  413: "TooLarge",
  421: "Misdirected",
  431: "HeadersTooLarge",
  500: "Failed",
  502: "Unreachable",
  503: "Absent",
  507: "Full",
} as const;

type DescribedStatus = keyof typeof COMPONENTS;

/** What the ingress, the validator and the router may answer, whatever is asked. */
const EVERYWHERE: readonly DescribedStatus[] = [400, 403, 404, 408, 413, 421, 431, 500, 502, 503];

/** The refusals of an operation, for the end of its `responses`: those that every one has, and its own. */
export function responseReferences(...own: readonly DescribedStatus[]): string {
  return [...EVERYWHERE, ...own]
    .toSorted((one, other) => one - other)
    .map((status) => `        "${status}": { $ref: "#/components/responses/${COMPONENTS[status]}" }`)
    .join("\n");
}
