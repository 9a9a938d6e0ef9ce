import { emptyAnswer, refusalAnswer } from "../answer.ts";
import { ifMatch } from "../../http/entity-tags.ts";
import { removeService } from "../remove-service.ts";
import type { Endpoint } from "../router.ts";
import { announced } from "./announce.ts";
import { placeOf, type EndpointParts } from "./endpoint-parts.ts";

/** DELETE /{application}/v1/metadata/services/{serviceId}: 204, also for one that never was. */
export function deleteService({ context }: EndpointParts): Endpoint {
  return async (call) => {
    const accepts = ifMatch(call.request.headers["if-match"]);
    const refusal = await removeService(context, { ...placeOf(call), accepts });
    return announced(call, { action: "delete", answer: refusal ? refusalAnswer(refusal) : emptyAnswer(204) });
  };
}
