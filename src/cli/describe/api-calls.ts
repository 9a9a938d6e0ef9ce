import { normaliseName, serviceSegment } from "../../core/names.ts";
import type { Application, ApplicationEntry } from "../../core/resources/application.ts";

/** How a workload calls an API through the gateway. */
export interface ApiCall {
  /** None where no path leads to it. */
  readonly urls: readonly string[];
  /** Why there is none, for the person who can change it. */
  readonly problem?: string;
}

export interface GatewayUrls {
  readonly gatewayUrl: string;
  readonly compassUrl: string;
}

interface Api {
  readonly entry: ApplicationEntry;
  /** Path segments under the Application (gateway spec §§4–6). */
  readonly service: string;
  readonly name: string;
}

/** The URLs of all APIs of an Application. A path that leads to several APIs leads to none of them. */
export function callsOf(
  application: Application,
  { gatewayUrl, compassUrl }: GatewayUrls,
): ReadonlyMap<ApplicationEntry, ApiCall> {
  const apis = apisOf(application);
  const { name: root } = application.metadata;
  return new Map(
    apis.map((api) => {
      const sameService = apis.filter(({ service }) => service === api.service);
      const sameEntry = sameService.filter(({ name }) => name === api.name);
      const urls = [
        ...(sameService.length === 1 ? [`${gatewayUrl}/${root}/${api.service}/`] : []),
        ...(api.name !== "" && sameEntry.length === 1
          ? [`${compassUrl}/${root}/${api.service}/${api.name}/`]
          : []),
      ];
      if (urls.length > 0) return [api.entry, { urls }];
      const problem = `${sameService.length} APIs share the path /${root}/${api.service}: give each a name of its own`;
      return [api.entry, { urls, problem }];
    }),
  );
}

function apisOf(application: Application): readonly Api[] {
  return (application.spec?.services ?? []).flatMap((service) =>
    service.entries
      .filter(({ type }) => type === "API")
      .map((entry) => ({
        entry,
        service: serviceSegment(service),
        name: normaliseName(entry.name ?? ""),
      })),
  );
}
