import type { Clock } from "../core/clock.ts";
import { newCertificateSecret } from "./certificate-secret.ts";
import { credentialTypes } from "./credential-types.ts";
import { MASK } from "./mask.ts";
import { refused, type Refused } from "./refused.ts";
import { hasParameters, parametersData } from "./request-parameters.ts";
import { textData, textOf, type SecretData } from "./secret-data.ts";
import type {
  ApiRequest,
  BasicCredentials,
  CredentialsRequest,
  GeneratedCertificate,
  OAuthCredentials,
} from "./service-request.ts";

/** What the Secrets of a service hold now; undefined for one that is not there. */
export interface StoredSecrets {
  /** `credentials.type` of the entry; empty without one. */
  readonly type: string;
  readonly credentials: SecretData | undefined;
  readonly parameters?: SecretData | undefined;
}

/** What they are to hold; undefined for one that is not to be there. */
export interface ServiceSecrets {
  readonly kind: "secrets";
  readonly credentials: SecretData | undefined;
  readonly parameters: SecretData | undefined;
}

export const NOTHING_STORED: StoredSecrets = { type: "", credentials: undefined };

/**
 * The Secrets that a request wants (registry spec §§6.3–6.5). Data that says the same as what is stored is the
 * stored object itself, with whatever else it has: nothing is to be written then. A refusal is for a masked
 * value that has nothing behind it.
 */
export async function serviceSecrets(
  api: ApiRequest | undefined,
  stored: StoredSecrets,
  clock: Clock,
): Promise<ServiceSecrets | Refused> {
  const parameters = hasParameters(api?.requestParameters)
    ? { ...foreignKeys(stored.parameters, PARAMETER_KEYS), ...parametersData(api?.requestParameters) }
    : undefined;
  const wanted = api?.credentials;
  if (!wanted) return { kind: "secrets", credentials: undefined, parameters };
  // Another kind's values are none of this kind's, even where they have the same key.
  const former = stored.type === credentialTypes[wanted.kind] ? stored.credentials : undefined;
  const settled = await settle(wanted, former, clock);
  return settled.kind === "refused" ? settled : { kind: "secrets", credentials: settled.data, parameters };
}

const PARAMETER_KEYS = ["headers", "queryParameters"] as const;
const BASIC_KEYS = ["username", "password"] as const;
const OAUTH_KEYS = ["clientId", "clientSecret", ...PARAMETER_KEYS] as const;

interface Settled {
  readonly kind: "settled";
  readonly data: SecretData;
}

function settle(
  wanted: CredentialsRequest,
  former: SecretData | undefined,
  clock: Clock,
): Settled | Refused | Promise<Settled | Refused> {
  switch (wanted.kind) {
    case "basic":
      return settleBasic(wanted, former);
    case "oauth":
      return settleOAuth(wanted, former);
    case "certificateGen":
      return settleCertificate(wanted, former, clock);
  }
}

function settleBasic({ username, password }: BasicCredentials, former: SecretData | undefined) {
  const data = unmasked({ username, password }, former);
  if (typeof data === "string") return nothingToKeep("basic", data);
  return merged(former, data, BASIC_KEYS);
}

function settleOAuth(wanted: OAuthCredentials, former: SecretData | undefined) {
  const { clientId, clientSecret, requestParameters } = wanted;
  const data = unmasked({ clientId, clientSecret }, former);
  if (typeof data === "string") return nothingToKeep("oauth", data);
  // The original rewrites for the first two alone, and loses a change of the others.
  return merged(former, { ...data, ...parametersData(requestParameters) }, OAUTH_KEYS);
}

async function settleCertificate(
  { commonName }: GeneratedCertificate,
  former: SecretData | undefined,
  clock: Clock,
): Promise<Settled | Refused> {
  const stored = textOf(former, "commonName");
  const isMasked = commonName === MASK;
  if (isMasked && !stored) return nothingToKeep("certificateGen", "commonName");
  const isWhole = Boolean(textOf(former, "crt") && textOf(former, "key"));
  if (former && isWhole && (isMasked || stored === commonName)) return { kind: "settled", data: former };
  const name = isMasked ? (stored ?? "") : commonName;
  return { kind: "settled", data: { ...former, ...(await newCertificateSecret(name, clock)) } };
}

/** The values with those that are stored in place of masks, or the name of a mask that hides nothing. */
function unmasked(
  texts: Readonly<Record<string, string>>,
  former: SecretData | undefined,
): SecretData | string {
  const data: Record<string, string> = { ...textData(texts) };
  for (const [key, text] of Object.entries(texts)) {
    if (text !== MASK) continue;
    const value = former?.[key];
    if (!value) return key;
    data[key] = value;
  }
  return data;
}

/**
 * What an operator has added to a Secret (`scope`, how the client proves itself) outlives every PUT: a change of
 * the password must not change the token request. A Secret that says the same already is given as it is.
 */
function merged(former: SecretData | undefined, data: SecretData, known: readonly string[]): Settled {
  const isSame = former && known.every((key) => former[key] === data[key]);
  return { kind: "settled", data: isSame ? former : { ...foreignKeys(former, known), ...data } };
}

/** What is stored under keys that this API does not write. */
function foreignKeys(former: SecretData | undefined, known: readonly string[]): SecretData {
  return Object.fromEntries(Object.entries(former ?? {}).filter(([key]) => !known.includes(key)));
}

function nothingToKeep(kind: CredentialsRequest["kind"], key: string): Refused {
  return refused(
    "REGISTRY_CREDENTIALS_REFUSED",
    `Failed to validate request body, api.credentials.${kind}.${key} is masked (${MASK}), and there is no stored value that it could stand for`,
  );
}
