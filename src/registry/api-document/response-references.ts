/** What the ingress, the validator and the router may answer, whatever is asked: the component of each status. */
const EVERYWHERE = {
  400: "Invalid",
  403: "Forbidden",
  404: "NotFound",
  408: "Late",
  413: "TooLarge",
  421: "Misdirected",
  431: "HeadersTooLarge",
  500: "Failed",
  502: "Unreachable",
  503: "Absent",
};

/** Of what an operation answers beside, or in another way. */
const OWN = {
  400: "InvalidService",
  409: "IdentifierTaken",
  412: "Stale",
  413: "TooLong",
  422: "KeyReused",
  503: "Busy",
  507: "Full",
} as const;

/** The refusals of an operation, for the end of its `responses`: those that every one has, and its own. */
export function responseReferences(...own: readonly (keyof typeof OWN)[]): string {
  const components = new Map(Object.entries(EVERYWHERE));
  for (const status of own) components.set(String(status), OWN[status]);
  return [...components]
    .toSorted(([one], [other]) => Number(one) - Number(other))
    .map(([status, component]) => `        "${status}": { $ref: "#/components/responses/${component}" }`)
    .join("\n");
}
