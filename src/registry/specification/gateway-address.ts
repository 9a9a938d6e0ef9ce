/** Where workloads call an API, for its specification (registry spec §7). */
export interface GatewayAddress {
  readonly scheme: "http" | "https";
  /** `host:port`, or the host alone. */
  readonly host: string;
  /** Begins with a slash and does not end with one; undefined in the form of Kyma 1.x, which has none. */
  readonly basePath: string | undefined;
}

/** `gatewayUrl`: base URL of the gateway (amendment A2). `name`: the normalised name of the service. */
export function gatewayAddress(gatewayUrl: string, application: string, name: string): GatewayAddress {
  const { protocol, host, pathname } = new URL(gatewayUrl);
  const scheme = protocol === "https:" ? "https" : "http";
  return { scheme, host, basePath: `${pathname.replace(/\/$/, "")}/${application}/${name}` };
}

/** The form of Kyma 1.x: the Access Service of the API. */
export function accessServiceAddress(resource: string, namespace: string): GatewayAddress {
  return { scheme: "http", host: `${resource}.${namespace}.svc.cluster.local`, basePath: undefined };
}

/** The address as one URL. */
export function addressUrl({ scheme, host, basePath = "" }: GatewayAddress): string {
  return `${scheme}://${host}${basePath}`;
}
