import { jsonAnswer, refusalAnswer } from "../answer.ts";
import { describeService } from "../describe-service.ts";
import { entityTag } from "../../http/entity-tags.ts";
import { isRefused } from "../refused.ts";
import { idempotencyKey } from "../once/idempotency-key.ts";
import { registerOnce } from "../once/register-once.ts";
import type { RepeatedRegistration } from "../once/registration-memory.ts";
import type { ChangedService } from "../register-service.ts";
import type { RegistryContext } from "../registry-context.ts";
import type { Endpoint } from "../router.ts";
import { serviceWarnings } from "../service-warnings.ts";
import { warningHeaders } from "../warning-headers.ts";
import { announced } from "./announce.ts";
import { placeOf, receivedOf, type EndpointParts } from "./endpoint-parts.ts";

/** POST /{application}/v1/metadata/services: 200 and the id (registry spec §5.3). */
export function createService(parts: EndpointParts): Endpoint {
  const { context } = parts;
  return async (call) => {
    const received = await receivedOf(call, parts);
    if (isRefused(received)) return announced(call, { action: "create", answer: refusalAnswer(received) });
    const { name } = received.request;
    const key = idempotencyKey(call.request.headersDistinct["idempotency-key"]);
    const { application } = placeOf(call);
    const outcome =
      typeof key === "object" ? key : await registerOnce(context, application, { ...received, key });
    if (isRefused(outcome))
      return announced(call, { action: "create", name, answer: refusalAnswer(outcome) });
    const { service } = outcome;
    const after = await hashOf(context, application, outcome);
    const headers = {
      ...(after === undefined ? {} : { ETag: entityTag(after) }),
      ...warningHeaders([...warningsOf(outcome), ...serviceWarnings(service)]),
    };
    const answer = jsonAnswer(200, { id: service.id }, headers);
    // Nothing has changed now; that was told before.
    if (outcome.kind === "repeated") return answer;
    return announced(call, { action: "create", answer, service: service.id, name, after });
  };
}

/** Who registers a service need not describe it; a repeated one may have changed since. */
async function hashOf(
  context: RegistryContext,
  application: string,
  outcome: ChangedService | RepeatedRegistration,
): Promise<string | undefined> {
  if (outcome.kind === "changed") return outcome.after;
  const described = await describeService(context, application, outcome.service);
  return isRefused(described) ? undefined : described.hash;
}

function warningsOf(outcome: ChangedService | RepeatedRegistration): readonly string[] {
  return outcome.kind === "changed" ? outcome.warnings : [];
}
