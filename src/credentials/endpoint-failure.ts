import type { EndpointProblem } from "./endpoint.ts";
import { credentialFailure, type CredentialFailure } from "./failures.ts";

/** What a caller is told of an endpoint that cannot be called as it is written. */
export function endpointFailure(problem: EndpointProblem, step: "TOKEN" | "CSRF"): CredentialFailure {
  const { kind, cause, shown } = problem;
  return kind === "unparsable"
    ? credentialFailure(`CREDENTIALS_${step}_URL_INVALID`, cause)
    : credentialFailure(`CREDENTIALS_${step}_UNREACHABLE`, shown, cause);
}
