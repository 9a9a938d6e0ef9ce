import { readFileSync } from "node:fs";
import { join } from "node:path";
import { repositoryRoot } from "../architecture/source-files.ts";

export interface DashboardPanel {
  readonly id: number;
  readonly title: string;
  readonly type: string;
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly datasource?: { readonly uid: string };
  readonly targets?: readonly {
    readonly expr: string;
    readonly refId: string;
    readonly legendFormat: string;
  }[];
}

export interface Dashboard {
  readonly schemaVersion: number;
  readonly panels: readonly DashboardPanel[];
  readonly templating: { readonly list: readonly { readonly name: string; readonly type: string }[] };
}

export function readDashboard(): Dashboard {
  const file = join(repositoryRoot, "deploy/grafana/appconn.json");
  return JSON.parse(readFileSync(file, "utf8")) as Dashboard;
}

export interface DashboardQuery {
  readonly panel: string;
  readonly expr: string;
}

/** Every query, with the variables as Grafana puts them in where all is chosen. */
export function dashboardQueries(interval = "1m"): readonly DashboardQuery[] {
  return readDashboard().panels.flatMap(({ title, targets = [] }) =>
    targets.map(({ expr }) => ({
      panel: title,
      expr: expr
        .replaceAll("$__rate_interval", interval)
        .replaceAll('=~"$application"', '=~".*"')
        .replaceAll(/=~"\$(?:job|instance)"/g, '=~".+"'),
    })),
  );
}
