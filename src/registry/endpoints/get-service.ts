import { jsonPiecesAnswer, refusalAnswer, type Answer } from "../answer.ts";
import { describeService, type DescribedService } from "../describe-service.ts";
import { embeddedDocuments } from "../embedded-documents.ts";
import { entityTag, isKnownTag } from "../../http/entity-tags.ts";
import { isRefused } from "../refused.ts";
import { serviceKey, type RegistryContext } from "../registry-context.ts";
import type { Call, Endpoint } from "../router.ts";
import { findService } from "../service-changes.ts";
import { serviceDetails } from "../service-details.ts";
import { warningHeaders } from "../warning-headers.ts";
import { placeOf, type EndpointParts } from "./endpoint-parts.ts";

/** GET /{application}/v1/metadata/services/{serviceId} (registry spec §5.2). */
export function getService({ context }: EndpointParts): Endpoint {
  return (call) => {
    const place = placeOf(call);
    const key = serviceKey(place.application, place.id);
    // Between two changes of the service: neither half of one is seen.
    return context.lock.run(key, async () => {
      const found = findService(context, place, `Reading service with ID ${place.id} failed`);
      if (isRefused(found)) return refusalAnswer(found);
      const described = await describeService(context, place.application, found.service);
      if (isRefused(described)) return refusalAnswer(described);
      const failed = context.failedRefreshes.get(key);
      const warnings = failed === undefined ? described.warnings : [...described.warnings, failed];
      return await answerOf(context, call, { ...described, warnings });
    });
  };
}

async function answerOf(context: RegistryContext, call: Call, described: DescribedService): Promise<Answer> {
  const { service, hash, credentials, parameters, documents, warnings } = described;
  const headers = { ETag: entityTag(hash), ...warningHeaders(warnings) };
  if (isKnownTag(call.request.headers["if-none-match"], hash)) return { status: 304, headers, body: "" };
  const embedded = await embeddedDocuments(context, service.id, documents);
  if (isRefused(embedded)) return refusalAnswer(embedded);
  return jsonPiecesAnswer(200, serviceDetails(service, { credentials, parameters }, embedded), headers);
}
