import {
  credentialFailures,
  credentialFailureText,
  isCredentialFailure,
  type CredentialFailure,
} from "../../credentials/failures.ts";
import type { Authorisation, CsrfToken } from "../../credentials/provider.ts";
import type { CompiledApi } from "../../snapshot/compiled.ts";
import type { Injection } from "../inject.ts";
import type { Checking, CheckTools } from "./check-api.ts";
import { skipped, type CheckStep } from "./check-step.ts";

/** What came of the credentials of an API. */
export interface CheckedCredentials {
  readonly steps: readonly CheckStep[];
  /** undefined where no request can be made with them. */
  readonly injection: Injection | undefined;
  /** Why not. */
  readonly unsent: string | undefined;
}

const FAILED = "without credentials no request is sent";
const PERSONAL =
  "the target is called with a token that is exchanged for the caller's own, and there is no caller";

/** Fetches a token and a CSRF token, as the first call after a start does. */
export async function checkCredentials(
  api: CompiledApi,
  tools: CheckTools,
  checking: Checking,
): Promise<CheckedCredentials> {
  const { provider } = api;
  if (provider.personal) {
    const steps = [skipped("token", PERSONAL), skipped("csrf", PERSONAL)];
    return { steps, injection: undefined, unsent: PERSONAL };
  }
  const token = await checkToken(api, tools, checking);
  if (!token.authorisation) {
    return { steps: [token.step, skipped("csrf", FAILED)], injection: undefined, unsent: FAILED };
  }
  const { authorisation } = token;
  const outcome = await checkCsrf(api, authorisation, { tools, checking });
  const steps = [token.step, outcome.step];
  if (!outcome.csrf) return { steps, injection: undefined, unsent: FAILED };
  const csrf = outcome.csrf === "none" ? undefined : outcome.csrf;
  return {
    steps,
    injection: { kind: "injection", authorisation, csrf, tls: provider.tls },
    unsent: undefined,
  };
}

async function checkToken(
  { provider }: CompiledApi,
  { clock }: CheckTools,
  { signal, running }: Checking,
): Promise<{ readonly step: CheckStep; readonly authorisation?: Authorisation }> {
  const current = provider.current();
  if (current)
    return {
      step: skipped("token", `credentials of type ${provider.type} need none`),
      authorisation: current,
    };
  running("token");
  const begun = clock.monotonic();
  const outcome = await provider.fetch(signal);
  const milliseconds = clock.monotonic() - begun;
  if (isCredentialFailure(outcome)) return { step: failed("token", outcome, milliseconds) };
  return {
    step: { step: "token", state: "ok", milliseconds, message: "the token endpoint issued a token" },
    authorisation: outcome,
  };
}

async function checkCsrf(
  { csrf }: CompiledApi,
  authorisation: Authorisation,
  { tools: { clock }, checking }: { readonly tools: CheckTools; readonly checking: Checking },
): Promise<{ readonly step: CheckStep; readonly csrf?: Injection["csrf"] | "none" }> {
  if (!csrf) return { step: skipped("csrf", "no CSRF endpoint is named"), csrf: "none" };
  checking.running("csrf");
  const begun = clock.monotonic();
  const outcome = await csrf.fetch(authorisation, checking.signal);
  const milliseconds = clock.monotonic() - begun;
  if (isCredentialFailure(outcome)) return { step: failed("csrf", outcome, milliseconds) };
  return { step: { step: "csrf", milliseconds, ...judged(outcome) }, csrf: outcome };
}

/** An answer without a token counts, and an empty one is sent, as in the original; it was mostly a page to log in. */
function judged({ token }: CsrfToken): Pick<CheckStep, "state" | "message" | "remedy"> {
  if (token !== "") return { state: "ok", message: "the CSRF endpoint gave a token" };
  const message = "the CSRF endpoint answered without X-Csrf-Token, so that calls send an empty one";
  const remedy =
    "Check that csrfInfo.tokenEndpointURL is the endpoint itself, and neither it nor a redirect leads to a page for people.";
  return { state: "warning", message, remedy };
}

/** The reason stands in the text; the texts of the original hide none of it here. */
function failed(step: "token" | "csrf", failure: CredentialFailure, milliseconds: number): CheckStep {
  const { remedy } = credentialFailures[failure.code];
  return { step, state: "failed", milliseconds, message: credentialFailureText(failure), remedy };
}
