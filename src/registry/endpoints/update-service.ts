import { jsonTextAnswer, refusalAnswer } from "../answer.ts";
import { describeService } from "../describe-service.ts";
import { entityTag, ifMatch } from "../../http/entity-tags.ts";
import { isRefused } from "../refused.ts";
import { replaceService } from "../replace-service.ts";
import type { Endpoint } from "../router.ts";
import { changedService } from "../service-overview.ts";
import { serviceWarnings } from "../service-warnings.ts";
import { warningHeaders } from "../warning-headers.ts";
import { announced } from "./announce.ts";
import { placeOf, requestOf, type EndpointParts } from "./endpoint-parts.ts";

/** PUT /{application}/v1/metadata/services/{serviceId}: 200 and what is not of API or events (registry spec §5.4). */
export function updateService(parts: EndpointParts): Endpoint {
  const { context } = parts;
  return async (call) => {
    const request = await requestOf(call, parts);
    if (isRefused(request)) return announced(call, { action: "update", answer: refusalAnswer(request) });
    const accepts = ifMatch(call.request.headers["if-match"]);
    const outcome = await replaceService(context, { ...placeOf(call), accepts }, request);
    const { name } = request;
    if (isRefused(outcome))
      return announced(call, { action: "update", name, answer: refusalAnswer(outcome) });
    const { service, before } = outcome;
    const described = await describeService(context, placeOf(call).application, service);
    const after = isRefused(described) ? undefined : described.hash;
    const headers = {
      ...(after === undefined ? {} : { ETag: entityTag(after) }),
      ...warningHeaders([...outcome.warnings, ...serviceWarnings(service)]),
    };
    const answer = jsonTextAnswer(200, changedService(service), headers);
    return announced(call, { action: "update", answer, name, before, after });
  };
}
