import type { TokenRequest } from "../../core/resources/token-request.ts";
import { ofName } from "./application-rules.ts";
import type { ObjectRules } from "./object-rules.ts";
import { ownerRefusal } from "./owned-by.ts";

/** Of TokenRequests, those for an Application of the token: they have its name. */
export function tokenRequestRules(applications: ReadonlySet<string>): ObjectRules {
  return {
    ...ofName(applications),
    refusal: (next, stored) =>
      Promise.resolve(
        ownerRefusal(applications, next, stored) ??
          contextRefusal(next as TokenRequest, stored as TokenRequest | undefined),
      ),
    removalRefusal: () => Promise.resolve(undefined),
  };
}

/** Tenant and group are part of the identity that comes of it. */
function contextRefusal(next: TokenRequest, stored: TokenRequest | undefined): string | undefined {
  if (JSON.stringify(next.context) === JSON.stringify(stored?.context)) return undefined;
  return "only a token for all Applications may say tenant and group";
}
