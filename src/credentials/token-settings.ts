import { invalidSecret, refuseLineBreaks, type CredentialMaterial } from "./credential-material.ts";
import type { CredentialFailure } from "./failures.ts";
import type { FormField } from "./form-encoding.ts";
import { secretValue, type SecretData } from "./secret-data.ts";

/** How a client proves itself to a token endpoint, by the names of RFC 7591 §2 and RFC 8705 §2. */
export type AuthenticationMethod =
  | "client_secret_basic"
  | "client_secret_post"
  | "private_key_jwt"
  | "tls_client_auth"
  | "self_signed_tls_client_auth";

/** What a Secret says of its token requests beside the client itself; without a word they are the original's. */
export interface TokenSettings {
  readonly kind: "token-settings";
  readonly method: AuthenticationMethod | undefined;
  /** The caller's token is exchanged (RFC 8693). */
  readonly exchanges: boolean;
  /** The target gets the certificate that the token endpoint got: the token works with no other (RFC 8705 §3). */
  readonly bound: boolean;
  /** `grant_type` first; what else stands behind it only where the Secret names it. */
  readonly grant: readonly FormField[];
}

const TOKEN_EXCHANGE = "urn:ietf:params:oauth:grant-type:token-exchange";
const ACCESS_TOKEN = "urn:ietf:params:oauth:token-type:access_token";

const METHODS: ReadonlySet<string> = new Set<AuthenticationMethod>([
  "client_secret_basic",
  "client_secret_post",
  "private_key_jwt",
  "tls_client_auth",
  "self_signed_tls_client_auth",
]);

/** The keys that hold one line of text each. */
const LINES = [
  "tokenEndpointAuthMethod",
  "grantType",
  "certificateBoundTokens",
  "scope",
  "subjectTokenType",
  "requestedTokenType",
];

/** Everything that makes a difference to what is asked for and how, for the fingerprint. */
export const TOKEN_SETTING_KEYS: readonly string[] = [...LINES, "audience", "resource"];

/** An unknown word is refused, not passed over: nobody is to get a wider token than the Secret asks for. */
export function readTokenSettings(material: CredentialMaterial): TokenSettings | CredentialFailure {
  const { data } = material;
  const invalid = refuseLineBreaks(material, LINES);
  if (invalid) return invalid;
  const method = textOf(data, "tokenEndpointAuthMethod");
  if (method !== "" && !isMethod(method)) {
    return invalidSecret(material, `'tokenEndpointAuthMethod' is none of ${[...METHODS].join(", ")}`);
  }
  const grantType = textOf(data, "grantType") || "client_credentials";
  if (grantType !== "client_credentials" && grantType !== TOKEN_EXCHANGE) {
    return invalidSecret(material, `'grantType' is neither client_credentials nor ${TOKEN_EXCHANGE}`);
  }
  const bound = textOf(data, "certificateBoundTokens") || "false";
  if (bound !== "true" && bound !== "false") {
    return invalidSecret(material, "'certificateBoundTokens' is neither true nor false");
  }
  const resources = linesOf(data, "resource");
  if (!resources.every(isResource)) {
    return invalidSecret(material, "'resource' holds a line that is no absolute URI without a fragment");
  }
  return {
    kind: "token-settings",
    method: method === "" ? undefined : method,
    exchanges: grantType === TOKEN_EXCHANGE,
    bound: bound === "true",
    grant: [["grant_type", grantType], ...exchangeFields(data, grantType), ...targetFields(data, resources)],
  };
}

function isMethod(text: string): text is AuthenticationMethod {
  return METHODS.has(text);
}

/** All of an exchange but the caller's token itself (RFC 8693 §2.1). */
function exchangeFields(data: SecretData, grantType: string): FormField[] {
  if (grantType !== TOKEN_EXCHANGE) return [];
  const requested = textOf(data, "requestedTokenType");
  return [
    ["subject_token_type", textOf(data, "subjectTokenType") || ACCESS_TOKEN],
    ...(requested === "" ? [] : [["requested_token_type", requested] as const]),
  ];
}

/** RFC 6749 §3.3, RFC 8707 §2; `audience` as RFC 8693 and many providers have it. */
function targetFields(data: SecretData, resources: readonly string[]): FormField[] {
  const scope = textOf(data, "scope");
  return [
    ...(scope === "" ? [] : [["scope", scope] as const]),
    ...linesOf(data, "audience").map((line) => ["audience", line] as const),
    ...resources.map((line) => ["resource", line] as const),
  ];
}

function textOf(data: SecretData, key: string): string {
  return secretValue(data, key).toString("utf8");
}

/** One value a line: both parameters may be repeated. */
function linesOf(data: SecretData, key: string): string[] {
  return textOf(data, key)
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== "");
}

function isResource(text: string): boolean {
  return /^[A-Za-z][A-Za-z0-9+.-]*:[^\s#]+$/.test(text);
}
