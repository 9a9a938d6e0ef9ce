import { jsonTextAnswer, refusalAnswer, type Answer } from "../answer.ts";
import { describeService, type DescribedService } from "../describe-service.ts";
import { entityTag, isKnownTag } from "../entity-tags.ts";
import { isRefused, type Refused } from "../refused.ts";
import { serviceKey, type RegistryContext } from "../registry-context.ts";
import type { Call, Endpoint } from "../router.ts";
import { findService } from "../service-changes.ts";
import { warningHeaders } from "../warning-headers.ts";
import { placeOf, type EndpointParts } from "./endpoint-parts.ts";

/** GET /{application}/v1/metadata/services/{serviceId} (registry spec §5.2). */
export function getService({ context }: EndpointParts): Endpoint {
  return async (call) => {
    const described = await readService(context, call);
    if (isRefused(described)) return refusalAnswer(described);
    const { application, id } = placeOf(call);
    const failed = context.failedRefreshes.get(serviceKey(application, id));
    const warnings = failed === undefined ? described.warnings : [...described.warnings, failed];
    return answerOf(call, { ...described, warnings });
  };
}

/** Between two changes of the service: neither half of one is seen. */
function readService(context: RegistryContext, call: Call): Promise<DescribedService | Refused> {
  const place = placeOf(call);
  return context.lock.run(serviceKey(place.application, place.id), async () => {
    const found = findService(context, place, `Reading service with ID ${place.id} failed`);
    return isRefused(found) ? found : await describeService(context, found.service);
  });
}

function answerOf({ request }: Call, { text, hash, warnings }: DescribedService): Answer {
  const headers = { ETag: entityTag(hash), ...warningHeaders(warnings) };
  if (isKnownTag(request.headers["if-none-match"], hash)) return { status: 304, headers, body: "" };
  return jsonTextAnswer(200, text, headers);
}
