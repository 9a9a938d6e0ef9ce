import { applicationKind } from "../../core/resources/application.ts";
import { apiVersionOf } from "../../core/resources/kind.ts";
import { accessTokenRefused, type NoticedObject } from "../../telemetry/channels.ts";
import { notice } from "../../telemetry/notice.ts";
import type { AccessTokens } from "./access-tokens.ts";

/** What is about no object that there is lies where everybody looks first. */
const NOWHERE_ELSE: NoticedObject = { apiVersion: "v1", kind: "Namespace", name: "default" };

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
      NOWHERE_ELSE,
      "UnknownTokenRefused",
      "the admin API was shown a token that it does not know",
    );
  }
  const { name, applications } = ended.record;
  const what = ended.reason === "expired" ? "has expired" : "was revoked";
  const objects = applications?.slice(0, MOST).map(applicationOf) ?? [NOWHERE_ELSE];
  for (const object of objects) {
    notice(object, "AccessTokenRefused", `somebody still uses the access token "${name}", which ${what}`);
  }
}

function applicationOf(name: string): NoticedObject {
  return { apiVersion: apiVersionOf(applicationKind), kind: applicationKind.kind, name };
}
