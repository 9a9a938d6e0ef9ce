import { checkSubjectFields, type SubjectFields } from "../pki/subject-fields.ts";
import { connectorFailure } from "./answer.ts";
import type { ConnectorOptions } from "./options.ts";

/** What the certificates of this installation say beside the name of their owner. */
export function configuredFields(options: ConnectorOptions): SubjectFields {
  const { country, organization, organizationalUnit, locality, province } = options;
  return { country, organization, organizationalUnit, locality, province };
}

/** Throws CONNECTOR_UNUSABLE_SETTING for the first setting that clients could not work with. */
export function checkOptions(options: ConnectorOptions): void {
  const subject = checkSubjectFields(configuredFields(options));
  if (subject !== undefined) throw unusable("country, organization, … province", subject);
  for (const name of ["connectorServiceHost", "certificateProtectedHost"] as const) {
    if (options[name] !== "" && !isHost(options[name])) throw unusable(name, "it is no host, or host:port");
  }
  for (const name of ["gatewayBaseURL", "appsInfoURL", "runtimesInfoURL"] as const) {
    const isAbsent = options[name] === "" || (name === "gatewayBaseURL" && options[name] === "auto");
    if (!isAbsent && !isHttpUrl(options[name])) throw unusable(name, "it is no http or https URL");
  }
  for (const name of [
    "appTokenLifetime",
    "runtimeTokenLifetime",
    "appCertificateValidity",
    "runtimeCertificateValidity",
  ] as const) {
    // Certificates count in seconds, and one that ends as it begins is none.
    if (options[name] < 1000) throw unusable(name, "it is less than a second");
  }
  if (options.tokenRequests.tokenTtl < 1000)
    throw unusable("tokenRequests.tokenTtl", "it is less than a second");
  if ((options.caCertificateFile === "") !== (options.caKeyFile === "")) {
    throw unusable("caCertificateFile and caKeyFile", "each needs the other");
  }
  if (options.caCertificateFile !== "" && options.caSecret !== "") {
    throw unusable("caSecret and caCertificateFile", "there can be only one authority");
  }
}

/** It is put between `https://` and a path, and nothing of it may end there. */
function isHost(text: string): boolean {
  return /^[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?(?::\d{1,5})?$/.test(text);
}

function isHttpUrl(text: string): boolean {
  return /^https?:\/\/[^\s"\\]+$/.test(text) && URL.canParse(text);
}

function unusable(setting: string, problem: string): Error {
  return connectorFailure("CONNECTOR_UNUSABLE_SETTING", [setting, problem]);
}
