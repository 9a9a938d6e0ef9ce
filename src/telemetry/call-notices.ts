import { callFinished, noticed, type FinishedCall } from "./channels.ts";
import type { NoticeReason } from "./notice-reasons.ts";
import { notice } from "./notice.ts";
import { noticedApplication } from "./noticed-object.ts";

/**
 * Tells of calls that failed for what is wrong with an API, not with its callers: what its Application's people would
 * otherwise find in a log. The gateway publishes calls alone, and this decides what is worth telling.
 */
export function startCallNotices(): Disposable {
  callFinished.subscribe(tell);
  return { [Symbol.dispose]: () => callFinished.unsubscribe(tell) };
}

function tell(call: FinishedCall): void {
  if (call.gatewayError === undefined || call.application === undefined) return;
  const reason = reasonOf(call);
  if (!reason || !noticed.hasSubscribers) return;
  const api = [call.service, call.entry].filter(Boolean).join("/");
  notice(noticedApplication(call.application), reason, `${api}: ${call.reason ?? "the call failed"}`);
}

function reasonOf({ gatewayError, failure, status }: FinishedCall): NoticeReason | undefined {
  // The only one of its category that is about the target.
  if (failure === "GATEWAY_CIRCUIT_OPEN") return "TargetLeftAlone";
  // Below it, and where the caller has gone, it is his own doing.
  if (status < 500) return undefined;
  switch (gatewayError) {
    case "token":
    case "csrf":
      return "CredentialNotObtained";
    case "target":
      return "TargetNotReached";
    case "policy":
      return "AddressRefused";
    default:
      return undefined;
  }
}
