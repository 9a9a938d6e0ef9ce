/** How much a counter grows in a second, over as long as a point of the graph stands for. */
export function rate(selector: string): string {
  return `rate(${selector}[$__rate_interval])`;
}

/** A part of a whole. Nothing that has failed is 0, not unknown. */
export function share(part: string, whole: string): string {
  return `(${part} or 0 * ${whole}) / ${whole}`;
}

/** What that part of a histogram's observations were at most. */
export function quantile(part: number, buckets: string, by = ""): string {
  return `histogram_quantile(${part}, sum by (${by}${by && ", "}le) (${rate(buckets)}))`;
}
