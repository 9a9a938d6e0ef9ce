import type { Application } from "../../core/resources/application.ts";

/** The Secrets that an Application has the gateway read. */
export function namedSecrets({ spec }: Pick<Application, "spec">): Set<string> {
  const names = new Set<string>();
  for (const { entries } of spec?.services ?? []) {
    for (const { credentials, requestParametersSecretName } of entries) {
      if (credentials?.secretName) names.add(credentials.secretName);
      if (requestParametersSecretName) names.add(requestParametersSecretName);
    }
  }
  return names;
}
