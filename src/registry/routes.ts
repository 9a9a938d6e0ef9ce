import { apiDocument, health, redirectToDocument } from "./endpoints/about.ts";
import { createService } from "./endpoints/create-service.ts";
import { deleteService } from "./endpoints/delete-service.ts";
import { getDocument, getReport, listDocuments, refreshDocuments } from "./endpoints/documents.ts";
import type { EndpointParts } from "./endpoints/endpoint-parts.ts";
import { getService } from "./endpoints/get-service.ts";
import { listServices } from "./endpoints/list-services.ts";
import { rotate } from "./endpoints/rotate.ts";
import { tryCreation, tryUpdate } from "./endpoints/try-service.ts";
import { updateService } from "./endpoints/update-service.ts";
import { whetherDry } from "./endpoints/whether-dry.ts";
import { LargeBodies } from "./large/large-bodies.ts";
import type { Endpoint, Route } from "./router.ts";

const METADATA = "/{application}/v1/metadata";
const SERVICES = `${METADATA}/services`;
const SERVICE = `${SERVICES}/{serviceId}`;

function route(method: Route["method"], template: string, endpoint: Endpoint): Route {
  return { method, template, endpoint };
}

/** Every path of registry spec §§2 and 11.4; `whenReady` stands before those that need the store. */
export function routes(
  parts: EndpointParts,
  modified: Date,
  whenReady: (endpoint: Endpoint) => Endpoint,
): readonly Route[] {
  const stored = (method: Route["method"], template: string, endpoint: Endpoint): Route =>
    route(method, template, whenReady(endpoint));
  const { context, options } = parts;
  const bodies = new LargeBodies({ patience: options.requestTimeout, clock: context.clock });
  return [
    route("GET", "/v1/health", health),
    route("GET", `${METADATA}/api.yaml`, apiDocument(modified)),
    // Where the document stood before 0.4.
    route("GET", `${METADATA}api.yaml`, apiDocument(modified)),
    route("any", METADATA, redirectToDocument),
    stored("GET", SERVICES, listServices(parts)),
    stored("POST", SERVICES, bodies.bounded(whetherDry(createService(parts), tryCreation(parts)))),
    stored("GET", SERVICE, getService(parts)),
    stored("PUT", SERVICE, bodies.bounded(whetherDry(updateService(parts), tryUpdate(parts)))),
    stored("DELETE", SERVICE, whetherDry(deleteService(parts), undefined)),
    stored("POST", `${SERVICE}/certificate/rotate`, whetherDry(rotate(parts), undefined)),
    stored("GET", `${SERVICE}/specs`, listDocuments(parts)),
    // Before the types, of which it is none.
    stored("POST", `${SERVICE}/specs/refresh`, whetherDry(refreshDocuments(parts), undefined)),
    stored("GET", `${SERVICE}/specs/{type}`, getDocument(parts)),
    stored("GET", `${SERVICE}/specs/{type}/report`, getReport(parts)),
  ];
}
