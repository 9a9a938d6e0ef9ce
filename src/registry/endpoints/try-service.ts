import { jsonAnswer, refusalAnswer, type Answer } from "../answer.ts";
import { ifMatch } from "../../http/entity-tags.ts";
import { idempotencyKey } from "../once/idempotency-key.ts";
import { isRefused, type Refused } from "../refused.ts";
import type { Call, Endpoint } from "../router.ts";
import type { DocumentReport } from "../service-documents.ts";
import type { ServiceRequest } from "../service-request.ts";
import { serviceWarnings } from "../service-warnings.ts";
import { tryRegistration, tryReplacement, type TriedService } from "../try-service.ts";
import { warningHeaders } from "../warning-headers.ts";
import { placeOf, requestOf, type EndpointParts } from "./endpoint-parts.ts";

/** POST …/services?dryRun=true. */
export function tryCreation(parts: EndpointParts): Endpoint {
  return tries(parts, async (call, request) => {
    const key = idempotencyKey(call.request.headersDistinct["idempotency-key"]);
    if (typeof key === "object") return key;
    return await tryRegistration(parts.context, placeOf(call).application, request);
  });
}

/** PUT …/services/{serviceId}?dryRun=true. */
export function tryUpdate(parts: EndpointParts): Endpoint {
  return tries(parts, (call, request) => {
    const target = { ...placeOf(call), accepts: ifMatch(call.request.headers["if-match"]) };
    return tryReplacement(parts.context, target, request);
  });
}

/** Nothing changes, so that log and audit are told of no change. */
function tries(
  parts: EndpointParts,
  attempt: (call: Call, request: ServiceRequest) => Promise<TriedService | Refused>,
): Endpoint {
  return async (call) => {
    const request = await requestOf(call, parts);
    if (isRefused(request)) return refusalAnswer(request);
    const outcome = await attempt(call, request);
    return isRefused(outcome) ? refusalAnswer(outcome) : answerOf(outcome);
  };
}

/** The status that the same call would have got in earnest, and all that the checks found in the documents. */
function answerOf({ service, reports, warnings: ofDocuments, refusal }: TriedService): Answer {
  const warnings = [...ofDocuments, ...serviceWarnings(service)];
  const found = { dryRun: true, documents: reports.map(shown), warnings };
  if (!refusal) return jsonAnswer(200, found, warningHeaders(warnings));
  const { status } = refusalAnswer(refusal);
  return { ...jsonAnswer(status, { code: status, error: refusal.text, ...found }), refused: refusal };
}

function shown({ type, fileName, phase, reason, hash, size, findings }: DocumentReport): object {
  return { type, fileName, phase, reason, hash, size, findings };
}
