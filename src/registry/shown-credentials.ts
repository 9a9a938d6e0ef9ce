import type { ApplicationEntry } from "../core/resources/application.ts";
import { goJson } from "../http/go-json.ts";
import { MASK } from "./mask.ts";
import { maskedUrl } from "./masked-url.ts";
import { rawObject } from "./raw-json.ts";
import { textOf, type SecretData } from "./secret-data.ts";
import { shownParameters } from "./shown-parameters.ts";

/**
 * The credentials of an API as a client is told them, in JSON: which there are, never what they are. undefined
 * without any, and for kinds that this API does not know.
 */
export function shownCredentials(
  credentials: ApplicationEntry["credentials"],
  secret: SecretData | undefined,
): string | undefined {
  const tokenEndpointURL = maskedUrl(credentials?.csrfInfo?.tokenEndpointURL ?? "");
  const csrfInfo = tokenEndpointURL === "" ? undefined : goJson({ tokenEndpointURL });
  const masked = goJson(MASK);
  switch (credentials?.type) {
    case "Basic":
      return rawObject({ basic: rawObject({ username: masked, password: masked, csrfInfo }) });
    case "OAuth":
      return rawObject({
        oauth: rawObject({
          url: goJson(maskedUrl(credentials.authenticationUrl ?? "")),
          clientId: masked,
          clientSecret: masked,
          requestParameters: shownParameters(secret),
          csrfInfo,
        }),
      });
    case "CertificateGen":
      return rawObject({ certificateGen: rawObject({ ...shownCertificate(secret), csrfInfo }) });
    default:
      return undefined;
  }
}

// Sent back by a client, an empty common name would end the credentials, and a mask is refused.
function shownCertificate(secret: SecretData | undefined) {
  return {
    commonName: goJson(textOf(secret, "commonName") || MASK),
    certificate: goJson(secret?.["crt"] ?? ""),
  };
}
