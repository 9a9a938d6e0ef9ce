import type { Application } from "../../core/resources/application.ts";
import { jsonTextAnswer, refusalAnswer } from "../answer.ts";
import { servicesOf } from "../application-writer.ts";
import { refused } from "../refused.ts";
import type { Endpoint } from "../router.ts";
import { serviceIndex } from "../service-index.ts";
import { serviceList } from "../service-overview.ts";
import { placeOf, type EndpointParts } from "./endpoint-parts.ts";

/** Thousands of services are written once per state of their Application. */
const texts = new WeakMap<Application, string>();

/** GET /{application}/v1/metadata/services, in the order of registration; ?identifier=… finds one (registry spec §5.1). */
export function listServices({ context }: EndpointParts): Endpoint {
  return (call) => {
    const { application: name } = placeOf(call);
    const application = context.applications.get(name);
    if (!application) {
      const step = "Reading services from Application failed";
      return refusalAnswer(refused("REGISTRY_UNKNOWN_APPLICATION", step, name));
    }
    const identifier = call.query.get("identifier");
    if (!identifier) return jsonTextAnswer(200, listText(application));
    const service = serviceIndex(application).byIdentifier.get(identifier);
    return jsonTextAnswer(200, serviceList(service ? [service] : []));
  };
}

function listText(application: Application): string {
  let text = texts.get(application);
  if (text === undefined) {
    text = serviceList(servicesOf(application));
    texts.set(application, text);
  }
  return text;
}
