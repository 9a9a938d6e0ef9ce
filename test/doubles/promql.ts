/** What a query asks for, as far as this product's queries are written. */
export interface AskedSeries {
  /** As it is scraped: without `_bucket`, `_sum` and `_count`. */
  readonly family: string;
  /** Names of the labels that it is selected by. */
  readonly labels: readonly string[];
}

const NAMES = /\b(?:application_gateway|application_registry|appconn|connector_service|process|nodejs)_\w+/g;

/** Every series that a query selects. */
export function askedSeries(expression: string): readonly AskedSeries[] {
  return [...expression.matchAll(NAMES)].map((found) => {
    const [name] = found;
    const behind = expression.slice(found.index + name.length);
    const selector = /^\{([^}]*)\}/.exec(behind)?.[1] ?? "";
    return {
      family: name.replace(/_(?:bucket|sum|count)$/, ""),
      labels: [...selector.matchAll(/(\w+)\s*(?:=~|!~|!=|=)/g)].map(([, label = ""]) => label),
    };
  });
}

/** Every label that a query groups or joins by. */
export function groupingLabels(expression: string): readonly string[] {
  return [...expression.matchAll(/\b(?:by|on)\s*\(([^)]*)\)/g)]
    .flatMap(([, labels = ""]) => labels.split(","))
    .map((label) => label.trim())
    .filter((label) => label !== "");
}
