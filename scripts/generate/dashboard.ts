import { format } from "prettier";
import { gatewayRows } from "./dashboard/gateway-rows.ts";
import { otherRows } from "./dashboard/other-rows.ts";
import type { Panel, Row } from "./dashboard/panel.ts";
import type { GeneratedFile } from "./generated-file.ts";

/** Of Grafana 12, which later ones read. */
const SCHEMA = 41;

const COLUMNS = 24;

const SOURCE = { type: "prometheus", uid: "${datasource}" } as const;

const AT = 'job=~"$job",instance=~"$instance"';
const OF = `${AT},application=~"$application"`;

/** The dashboard for Grafana. */
export async function dashboard(): Promise<GeneratedFile> {
  const placed = new Placement();
  const model = {
    annotations: { list: [] },
    description: "What Application Connector does: docs/guides/observing.md explains it.",
    editable: true,
    fiscalYearStartMonth: 0,
    graphTooltip: 1,
    id: null,
    links: [],
    panels: [...gatewayRows, ...otherRows].flatMap((row) => placed.row(row)),
    preload: false,
    refresh: "30s",
    schemaVersion: SCHEMA,
    tags: ["appconn"],
    templating: { list: variables() },
    time: { from: "now-6h", to: "now" },
    timepicker: {},
    timezone: "browser",
    title: "Application Connector",
    uid: "appconn",
    version: 1,
  };
  const text = await format(JSON.stringify(model), { parser: "json", printWidth: 110 });
  return { path: "deploy/grafana/appconn.json", text };
}

function variables(): readonly object[] {
  const datasource = { name: "datasource", label: "Data source", type: "datasource", query: "prometheus" };
  return [
    {
      ...datasource,
      current: {},
      hide: 0,
      includeAll: false,
      multi: false,
      options: [],
      refresh: 1,
      regex: "",
    },
    variable("job", "Job", "label_values(appconn_build_info, job)", ".+"),
    variable("instance", "Instance", 'label_values(appconn_build_info{job=~"$job"}, instance)', ".+"),
    variable(
      "application",
      "Application",
      `label_values(application_gateway_requests_total{${AT},application!=""}, application)`,
      // Calls of no Application have an empty name.
      ".*",
    ),
  ];
}

function variable(name: string, label: string, query: string, allValue: string): object {
  return {
    name,
    label,
    type: "query",
    datasource: SOURCE,
    definition: query,
    query: { query, refId: name },
    allValue,
    current: { selected: true, text: "All", value: "$__all" },
    hide: 0,
    includeAll: true,
    multi: true,
    options: [],
    refresh: 2,
    regex: "",
    sort: 1,
  };
}

/** Numbers the panels and puts them beside and below each other. */
class Placement {
  #id = 0;
  #x = 0;
  #y = 0;
  #height = 0;

  row({ title, panels }: Row): readonly object[] {
    this.#newLine();
    const gridPos = { h: 1, w: COLUMNS, x: 0, y: this.#y };
    this.#y++;
    const head = { collapsed: false, gridPos, id: ++this.#id, panels: [], title, type: "row" };
    return [head, ...panels.map((panel) => this.#panel(panel))];
  }

  #panel(panel: Panel): object {
    const height = panel.as === "number" ? 4 : 8;
    if (this.#x + panel.width > COLUMNS) this.#newLine();
    const gridPos = { h: height, w: panel.width, x: this.#x, y: this.#y };
    this.#x += panel.width;
    this.#height = Math.max(this.#height, height);
    const { title, description } = panel;
    return {
      id: ++this.#id,
      title,
      description,
      gridPos,
      datasource: SOURCE,
      ...shape(panel),
      targets: targets(panel),
    };
  }

  #newLine(): void {
    this.#y += this.#height;
    this.#x = 0;
    this.#height = 0;
  }
}

const TYPES = { number: "stat", lines: "timeseries", bars: "timeseries", table: "table" } as const;

function shape(panel: Panel): object {
  const { as, unit = "short" } = panel;
  const defaults = { unit, min: unit === "d" || as === "table" ? undefined : 0, ...colours(panel) };
  return {
    type: TYPES[as],
    fieldConfig: { defaults: { ...defaults, custom: lineStyle(as) }, overrides: [] },
    options: options(panel),
    ...(as === "table" ? { transformations: columns(panel) } : {}),
  };
}

function colours({ thresholds, isLowBad = false, as }: Panel): object {
  const [first, second, third] = isLowBad ? ["red", "yellow", "green"] : ["green", "yellow", "red"];
  const [low = 0, high = 0] = isLowBad ? (thresholds ?? []).toReversed() : (thresholds ?? []);
  const steps = thresholds
    ? [
        { color: first, value: null },
        { color: second, value: low },
        { color: third, value: high },
      ]
    : [{ color: as === "number" ? "text" : "green", value: null }];
  const mode = thresholds || as === "number" ? "thresholds" : "palette-classic";
  return { color: { mode }, thresholds: { mode: "absolute", steps } };
}

function lineStyle(as: Panel["as"]): object | undefined {
  if (as === "lines") return { drawStyle: "line", fillOpacity: 10, lineWidth: 1, showPoints: "never" };
  if (as !== "bars") return undefined;
  return { drawStyle: "bars", fillOpacity: 80, lineWidth: 0, stacking: { group: "A", mode: "normal" } };
}

function options({ as, isName = false }: Panel): object {
  switch (as) {
    case "number":
      return {
        colorMode: "value",
        graphMode: isName ? "none" : "area",
        reduceOptions: { calcs: ["lastNotNull"], fields: "", values: false },
        textMode: isName ? "name" : "value",
      };
    case "table":
      return { cellHeight: "sm", showHeader: true };
    case "lines":
    case "bars":
      return {
        legend: {
          calcs: ["lastNotNull", "max"],
          displayMode: "table",
          placement: "bottom",
          showLegend: true,
        },
        tooltip: { mode: "multi", sort: "desc" },
      };
  }
}

/** The values of all queries beside each other, under their own names, without the moment. */
function columns({ queries }: Panel): readonly object[] {
  const names = queries.map(({ legend }, index) => [
    queries.length === 1 ? "Value" : `Value #${refOf(index)}`,
    legend,
  ]);
  return [
    { id: "merge", options: {} },
    {
      id: "organize",
      options: { excludeByName: { Time: true }, renameByName: Object.fromEntries(names) as object },
    },
  ];
}

function targets({ as, queries }: Panel): readonly object[] {
  const isTable = as === "table";
  return queries.map(({ expr, legend }, index) => ({
    datasource: SOURCE,
    editorMode: "code",
    expr: expr.replaceAll("$of", OF).replaceAll("$at", AT),
    format: isTable ? "table" : "time_series",
    instant: isTable,
    legendFormat: legend,
    range: !isTable,
    refId: refOf(index),
  }));
}

function refOf(index: number): string {
  return String.fromCodePoint(("A".codePointAt(0) as number) + index);
}
