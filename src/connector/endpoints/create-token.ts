import type { IncomingMessage } from "node:http";
import { Failure } from "../../core/failures.ts";
import type { PairingPurpose } from "../../stores/pairing-records.ts";
import { jsonAnswer, refusal, type Answer } from "../answer.ts";
import type { EndpointParts } from "../endpoint-parts.ts";
import { applicationNameProblem, tenantProblem, type PairingContext } from "../pairing-context.ts";
import { aboutContext, PairingSteps } from "../pairing-steps.ts";
import type { Endpoint } from "../router.ts";

/** POST /v1/applications/tokens and /v1/runtimes/tokens of the internal API (connector spec §5). */
export function createToken(parts: EndpointParts, purpose: PairingPurpose): Endpoint {
  return async ({ request, peer }) => {
    const context = contextOf(request, purpose, parts.central);
    if ("status" in context) return context;
    const steps = PairingSteps.begin("token", { ...aboutContext(context), peer });
    try {
      const { token, expiresAt } = await parts.tokens.create(context);
      steps.succeeded({ notAfter: expiresAt });
      const url = parts.urls.pairingLink(context, token);
      // The two members are all that clients of the original know; people also want to see the end.
      return jsonAnswer(201, { url, token }, { "Token-Expires": new Date(expiresAt).toUTCString() });
    } catch (error) {
      const reason = error instanceof Failure ? error.message : "Internal error.";
      steps.failed(reason);
      if (error instanceof Failure) return refusal("CONNECTOR_TOKEN_FAILED", reason);
      throw error;
    }
  };
}

function contextOf(
  { headersDistinct }: IncomingMessage,
  purpose: PairingPurpose,
  central: boolean,
): PairingContext | Answer {
  // Two of a kind name nobody: joined they are no legal name.
  const header = (name: string) => headersDistinct[name]?.join(", ") ?? "";
  const application = purpose === "runtime" ? "" : header("application");
  const tenant = central ? header("tenant") : undefined;
  const group = central ? header("group") : undefined;
  if ((purpose === "application" && application === "") || tenant === "" || group === "") {
    return refusal(
      purpose === "runtime" ? "CONNECTOR_NO_CLUSTER_CONTEXT" : "CONNECTOR_NO_APPLICATION_CONTEXT",
    );
  }
  const context = { purpose, application, tenant, group };
  const problem = contextProblem(context);
  return problem ? refusal("CONNECTOR_BAD_NAME", problem.subject, problem.text) : context;
}

/** Why no certificate can be made for this context; undefined where one can. */
export function contextProblem({
  purpose,
  application,
  tenant,
  group,
}: PairingContext): { readonly subject: string; readonly text: string } | undefined {
  const name = purpose === "application" ? applicationNameProblem(application) : undefined;
  if (name !== undefined) return { subject: "The name of the Application", text: name };
  const text = tenant !== undefined && group !== undefined ? tenantProblem(tenant, group) : undefined;
  return text === undefined ? undefined : { subject: "Tenant or Group", text };
}
