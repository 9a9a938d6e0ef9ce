import { jsonAnswer, refusalAnswer } from "../answer.ts";
import { entityTag } from "../entity-tags.ts";
import { isRefused } from "../refused.ts";
import { registerService } from "../register-service.ts";
import type { Endpoint } from "../router.ts";
import { serviceWarnings } from "../service-warnings.ts";
import { warningHeaders } from "../warning-headers.ts";
import { announced } from "./announce.ts";
import { placeOf, requestOf, type EndpointParts } from "./endpoint-parts.ts";

/** POST /{application}/v1/metadata/services: 200 and the id (registry spec §5.3). */
export function createService(parts: EndpointParts): Endpoint {
  const { context } = parts;
  return async (call) => {
    const request = await requestOf(call, parts);
    if (isRefused(request)) return announced(call, { action: "create", answer: refusalAnswer(request) });
    const { name } = request;
    const outcome = await registerService(context, placeOf(call).application, request);
    if (isRefused(outcome))
      return announced(call, { action: "create", name, answer: refusalAnswer(outcome) });
    const { service, after } = outcome;
    const headers = {
      ...(after === undefined ? {} : { ETag: entityTag(after) }),
      ...warningHeaders([...outcome.warnings, ...serviceWarnings(service)]),
    };
    const answer = jsonAnswer(200, { id: service.id }, headers);
    return announced(call, { action: "create", answer, service: service.id, name, after });
  };
}
