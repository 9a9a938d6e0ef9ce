import { serviceChanged, type ServiceChange } from "../../telemetry/channels.ts";
import type { Answer } from "../answer.ts";
import type { Call } from "../router.ts";
import { placeOf } from "./endpoint-parts.ts";

export interface Announced {
  readonly action: ServiceChange["action"];
  readonly answer: Answer;
  readonly service?: string | undefined;
  readonly name?: string | undefined;
  readonly before?: string | undefined;
  readonly after?: string | undefined;
}

/** Tells log and audit of a change, done or refused (registry spec §15.7), and gives the answer. */
export function announced(call: Call, change: Announced): Answer {
  const { action, answer, service = call.parameters["serviceId"], name, before, after } = change;
  if (serviceChanged.hasSubscribers) {
    serviceChanged.publish({
      action,
      status: answer.status,
      application: placeOf(call).application,
      service,
      name,
      before,
      after,
      client: call.client,
      peer: call.peer,
      reason: answer.refused?.text,
    });
  }
  return answer;
}
