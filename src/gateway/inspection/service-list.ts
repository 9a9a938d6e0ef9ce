import { entryCredentials } from "../../core/resources/entry-credentials.ts";
import type { FoundApi, FoundService } from "../../snapshot/findings.ts";
import type { Fault } from "../../snapshot/finding.ts";
import type { InspectedApplication } from "./inspection.ts";

/** Where workloads call the two listeners, without a slash at the end. */
export interface GatewayUrls {
  readonly gatewayUrl: string;
  readonly compassUrl: string;
}

/** How large the pieces are that leave together, in characters. */
const PIECE = 32_768;

/**
 * The services of an Application as JSON, in pieces: how each of their APIs is called, and what is wrong. Who asks
 * need not be known: there is nothing in it that a call would not tell, and no target.
 */
export function* serviceList(found: InspectedApplication, urls: GatewayUrls): Generator<string> {
  const { name } = found.held.application.metadata;
  const problems = found.faults().map(shownFault);
  const beginning = JSON.stringify({ application: name, ...urls, problems });
  let piece = `${beginning.slice(0, -1)},"services":[`;
  let separator = "";
  for (const service of found.services()) {
    piece += `${separator}${JSON.stringify(shownService(service, urls))}`;
    separator = ",";
    if (piece.length < PIECE) continue;
    yield piece;
    piece = "";
  }
  yield `${piece}]}\n`;
}

function shownService({ service, segment, apis }: FoundService, urls: GatewayUrls): unknown {
  return {
    id: service.id,
    displayName: service.displayName,
    name: segment,
    apis: apis.map((api) => shownApi(api, urls)),
  };
}

function shownApi(api: FoundApi, { gatewayUrl, compassUrl }: GatewayUrls): unknown {
  const { entry, compiled, manualPath, compassPath, faults } = api;
  const credentials = entryCredentials(entry);
  const urls = [
    ...(manualPath === undefined ? [] : [gatewayUrl + manualPath]),
    ...(compassPath === undefined ? [] : [compassUrl + compassPath]),
  ];
  return {
    ...(entry.name ? { displayName: entry.name } : {}),
    name: compiled.api.identity.entry,
    urls,
    callable: urls.length > 0 && faults.every(({ severity }) => severity !== "error"),
    credentials: credentials?.type || "none",
    problems: faults.map(shownFault),
  };
}

function shownFault({ reason, severity, message, remedy }: Fault): unknown {
  return { reason, severity, message, remedy };
}
