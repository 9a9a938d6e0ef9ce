import type { Application } from "../../core/resources/application.ts";
import { jsonTextAnswer, refusalAnswer, type Answer } from "../answer.ts";
import { servicesOf } from "../application-writer.ts";
import { pageOf, readLimit } from "../list-page.ts";
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
    const limit = readLimit(call.query.get("limit"));
    if (limit === "bad") return badList("limit is no number from 1 on");
    const identifier = call.query.get("identifier");
    if (!identifier) return listAnswer(application, limit, call.query.get("continue") || undefined);
    const service = serviceIndex(application).byIdentifier.get(identifier);
    return jsonTextAnswer(200, serviceList(service ? [service] : []));
  };
}

/** All of them, as in the original; with `limit` page by page, of which each has a Link to the next (RFC 8288). */
function listAnswer(application: Application, limit: number | undefined, token: string | undefined): Answer {
  if (limit === undefined) return jsonTextAnswer(200, listText(application));
  const page = pageOf(servicesOf(application), { limit, token });
  if (!page) return badList("continue is not what a page before gave");
  const { items, next } = page;
  const link = `<?${String(new URLSearchParams({ limit: String(limit), continue: next ?? "" }))}>; rel="next"`;
  return jsonTextAnswer(200, serviceList(items), next === undefined ? {} : { Link: link });
}

function badList(wrong: string): Answer {
  return refusalAnswer(refused("REGISTRY_BAD_REQUEST", wrong));
}

function listText(application: Application): string {
  let text = texts.get(application);
  if (text === undefined) {
    text = serviceList(servicesOf(application));
    texts.set(application, text);
  }
  return text;
}
