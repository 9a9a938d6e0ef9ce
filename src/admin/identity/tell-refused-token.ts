import { accessTokenRefused } from "../../telemetry/channels.ts";
import { notice } from "../../telemetry/notice.ts";
import { noticedApplication, noticedByAll } from "../../telemetry/noticed-object.ts";
import type { AccessTokens } from "./access-tokens.ts";

/** Objects that are told of one token: it may be for thousands. */
const MOST = 10;

/**
 * Tells of a token that does not count, those whom it was for. Anybody may send any token, so nothing of it or of the
 * sender is in the text: what is not known is one and the same Event each time.
 */
export function tellRefusedToken(presented: string, access: Pick<AccessTokens, "endOf">): void {
  const ended = access.endOf(presented);
  accessTokenRefused.publish({ reason: ended?.reason ?? "unknown" });
  if (!ended) {
    return notice(
      noticedByAll,
      "UnknownTokenRefused",
      "the admin API was shown a token that it does not know",
    );
  }
  const { name, applications } = ended.record;
  const what = ended.reason === "expired" ? "has expired" : "was revoked";
  const objects = applications?.slice(0, MOST).map((one) => noticedApplication(one)) ?? [noticedByAll];
  for (const object of objects) {
    notice(object, "AccessTokenRefused", `somebody still uses the access token "${name}", which ${what}`);
  }
}
