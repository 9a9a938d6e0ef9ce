/** Each on a line of its own, so that no phrase goes across two of them. */
export function lines(texts: readonly (string | undefined)[]): string {
  return texts.filter((text) => text !== undefined && text !== "").join("\n");
}

export function labelLines(labels: Readonly<Record<string, string>> | null | undefined): readonly string[] {
  return Object.entries(labels ?? {}).map(([key, value]) => `${key} ${value}`);
}
