/**
 * A name of the original that existing deployments still give, and that has no effect here. It is accepted
 * with a warning, so that such a deployment starts unchanged (gateway spec §2 [D]).
 */
export interface RetiredName {
  readonly flag?: string;
  readonly environment?: string;
  /** Whether `--flag value` takes the word after it; switches take a value only after `=`. */
  readonly takesValue: boolean;
  /** Follows "is ignored: ". */
  readonly because: string;
}

const WATCHED = "changes are watched, so nothing is kept longer than it is valid";
const EMBEDDED = "this home keeps its own resources and asks no Kubernetes API";

export const retiredNames: readonly RetiredName[] = [
  { environment: "ACM_GATEWAY_APPCACHE_RETENTION", takesValue: true, because: WATCHED },
  { environment: "ACM_GATEWAY_SECRETCACHE_RETENTION", takesValue: true, because: WATCHED },
  { flag: "proxyCacheTTL", takesValue: true, because: WATCHED },
  { flag: "apiServerURL", takesValue: true, because: EMBEDDED },
  { flag: "kubeConfig", takesValue: true, because: EMBEDDED },
  {
    flag: "skipVerify",
    takesValue: false,
    because: "TLS verification is turned off per Application, by spec.skipVerify",
  },
  { flag: "requestLogging", takesValue: false, because: "every call leaves an access line" },
  { flag: "namespace", takesValue: true, because: "Secrets are read from gateway.credentialsNamespace" },
  { flag: "application", takesValue: true, because: "one gateway serves all Applications" },
  { flag: "appName", takesValue: true, because: "the connector needs no name of its own" },
  { flag: "revocationConfigMapName", takesValue: true, because: EMBEDDED },
  {
    flag: "connectorServiceURL",
    takesValue: true,
    because: "TokenRequests are answered by the connector itself",
  },
  { flag: "namespacedGateway", takesValue: false, because: "one gateway serves all namespaces" },
];
