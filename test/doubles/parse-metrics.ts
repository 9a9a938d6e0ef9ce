/** Existing dashboards ask for them (connector spec §10). */
const NAMED_BY_THE_ORIGINAL = new Set([
  "application_registry_endpoints_responses",
  "connector_service_endpoints_responses",
]);

/** One line of the Prometheus text format. */
export interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

export interface Family {
  readonly type: string;
  readonly help: string;
  readonly samples: readonly Sample[];
}

const NAME = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/;
const LABEL = /([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\[\\"n])*)"(,|$)/y;

/**
 * Reads the text format 0.0.4 as strictly as `promtool check metrics`: one HELP and one TYPE before the
 * samples of a family, all samples of a family together, no series twice, counters that end with _total,
 * histograms that add up. Throws at the first mistake.
 */
export function parseMetrics(text: string): ReadonlyMap<string, Family> {
  if (!text.endsWith("\n")) throw new Error("the last line does not end");
  const reader = new Reader();
  for (const line of text.slice(0, -1).split("\n")) reader.read(line);
  reader.finish();
  return reader.families;
}

class Reader {
  readonly families = new Map<string, Family & { samples: Sample[] }>();
  readonly #series = new Set<string>();
  #current = "";
  #help: { name: string; text: string } | undefined;

  read(line: string): void {
    if (line === "") return;
    const comment = /^# (HELP|TYPE) (\S+) (.*)$/.exec(line);
    if (!comment) return line.startsWith("#") ? fail("unknown comment", line) : this.#sample(line);
    const [, kind, name = "", text = ""] = comment;
    if (!NAME.test(name)) fail("bad name", line);
    if (kind === "HELP") this.#help = { name, text };
    else this.#family(name, text);
  }

  finish(): void {
    for (const [name, family] of this.families) {
      if (family.type === "histogram") checkHistogram(name, family.samples);
      const isNamed = name.endsWith("_total") || NAMED_BY_THE_ORIGINAL.has(name);
      if (family.type === "counter" && !isNamed) fail("counter without _total", name);
    }
  }

  #family(name: string, type: string): void {
    if (this.#help?.name !== name) fail("no HELP before TYPE of", name);
    if (this.families.has(name)) fail("a family stands twice", name);
    if (!["counter", "gauge", "histogram", "summary"].includes(type)) fail("bad type", type);
    this.families.set(name, { type, help: this.#help?.text ?? "", samples: [] });
    this.#current = name;
  }

  #sample(line: string): void {
    const match = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (\S+)$/s.exec(line);
    if (!match) return fail("no sample", line);
    const [, name = "", labelText = "", valueText = ""] = match;
    const base = name.replace(/_(bucket|sum|count)$/, "");
    if (this.#current !== name && this.#current !== base) fail("outside its family", line);
    const labels = parseLabels(labelText);
    const series = `${name}${JSON.stringify(Object.entries(labels).toSorted())}`;
    if (this.#series.has(series)) fail("a series stands twice", line);
    this.#series.add(series);
    const value = valueText === "+Inf" ? Infinity : valueText === "Nan" ? Number.NaN : Number(valueText);
    if (Number.isNaN(value) && valueText !== "Nan") fail("no number", line);
    this.families.get(this.#current)?.samples.push({ name, labels, value });
  }
}

function parseLabels(text: string): Record<string, string> {
  const labels: Record<string, string> = {};
  LABEL.lastIndex = 0;
  while (LABEL.lastIndex < text.length) {
    const at = LABEL.lastIndex;
    const match = LABEL.exec(text);
    if (!match) return fail("bad labels", text.slice(at));
    const [, name = "", value = ""] = match;
    if (name in labels) fail("a label stands twice", text);
    labels[name] = value.replace(/\\(.)/g, (_, escaped: string) => (escaped === "n" ? "\n" : escaped));
  }
  return labels;
}

/** Buckets do not fall, the last is +Inf and equals the count. */
function checkHistogram(name: string, samples: readonly Sample[]): void {
  const groups = Map.groupBy(samples, ({ labels: { le: _, ...others } }) => JSON.stringify(others));
  for (const [labels, group] of groups) {
    const buckets = group.filter((sample) => sample.name === `${name}_bucket`);
    const counts = buckets.map(({ value }) => value);
    if (counts.some((count, index) => count < (counts[index - 1] ?? 0))) fail("buckets fall", labels);
    if (buckets.at(-1)?.labels["le"] !== "+Inf") fail("no +Inf bucket", labels);
    if (group.find((sample) => sample.name === `${name}_count`)?.value !== counts.at(-1))
      fail("wrong count", labels);
    if (!group.some((sample) => sample.name === `${name}_sum`)) fail("no sum", labels);
  }
}

function fail(reason: string, line: string): never {
  throw new Error(`${reason}: ${line}`);
}
