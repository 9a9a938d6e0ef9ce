import type { Clock } from "../core/clock.ts";
import type { FlatHeaders } from "../http/flat-headers.ts";
import { basicCredential } from "./basic.ts";
import { ASSERTION_KEYS, clientAssertion } from "./client-assertion.ts";
import { formEncode, type FormField } from "./form-encoding.ts";
import { secretValue, type SecretData } from "./secret-data.ts";
import type { AuthenticationMethod } from "./token-settings.ts";

/** What proves the client in one token request. */
export interface ClientProof {
  readonly headers: FlatHeaders;
  /** In front of the other fields of the form. */
  readonly identity: readonly FormField[];
  /** Behind them. */
  readonly assertion: readonly FormField[];
}

/** Called for every request: an assertion is good for one. */
export type ProveClient = () => Promise<ClientProof>;

/** `original`: the secret both as Basic and in the form, which is what the original sends. */
export type ClientMethod = AuthenticationMethod | "original";

export interface ClientSource {
  readonly data: SecretData;
  /** As the Application has it; assertions are made out to it. */
  readonly authenticationUrl: string;
  readonly clock: Clock;
}

/** How a client proves itself, or what is wrong with what it should do that with. */
export function clientAuthentication(method: ClientMethod, source: ClientSource): ProveClient | string {
  const id = secretValue(source.data, "clientId");
  const secret = secretValue(source.data, "clientSecret");
  const named: FormField = ["client_id", id];
  switch (method) {
    case "original":
      return always({
        headers: ["Authorization", basicCredential(id, secret)],
        identity: [named, ["client_secret", secret]],
        assertion: [],
      });
    case "client_secret_basic": {
      // Form-encoded before, unlike Basic elsewhere: an id may hold a colon (RFC 6749 §2.3.1).
      const [name = "", password = ""] = [id, secret].map(formEncode);
      const credential = basicCredential(Buffer.from(name), Buffer.from(password));
      return always({ headers: ["Authorization", credential], identity: [], assertion: [] });
    }
    case "client_secret_post":
      return always({ headers: [], identity: [named, ["client_secret", secret]], assertion: [] });
    case "tls_client_auth":
    case "self_signed_tls_client_auth":
      return always({ headers: [], identity: [named], assertion: [] });
    case "private_key_jwt":
      return assertionProof(named, source);
  }
}

/** The keys of the Secret that a method makes use of; others are no part of the credential. */
export function keysOf(method: ClientMethod): readonly string[] {
  switch (method) {
    case "original":
    case "client_secret_basic":
    case "client_secret_post":
      return ["clientId", "clientSecret"];
    case "tls_client_auth":
    case "self_signed_tls_client_auth":
      return ["clientId"];
    case "private_key_jwt":
      return ["clientId", ...ASSERTION_KEYS];
  }
}

function always(proof: ClientProof): ProveClient {
  return () => Promise.resolve(proof);
}

function assertionProof(named: FormField, source: ClientSource): ProveClient | string {
  const sign = clientAssertion(source);
  if (typeof sign === "string") return sign;
  return async () => ({
    headers: [],
    identity: [named],
    assertion: [
      ["client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"],
      ["client_assertion", await sign()],
    ],
  });
}
