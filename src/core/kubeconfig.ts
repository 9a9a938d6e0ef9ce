export interface KubeconfigParts {
  /** `https://127.0.0.1:8090`. */
  readonly server: string;
  /** PEM of the authority that signed the server's certificate; undefined: one of the system's. */
  readonly authority: string | undefined;
  /** Whose the token is. */
  readonly user: string;
  readonly token: string;
  readonly gateway: GatewayAddresses | undefined;
}

/** What `describe` shows of the gateway; an extension of the kubeconfig, which kubectl leaves alone. */
export interface GatewayAddresses {
  /** `http://localhost:8080` */
  readonly gatewayUrl: string;
  /** `http://localhost:8082` */
  readonly compassUrl: string;
  readonly credentialsNamespace: string;
}

/** A kubeconfig as JSON, which is YAML too (admin-api spec §2.3), laid out for people. */
export function kubeconfigText({ server, authority, user, token, gateway }: KubeconfigParts): string {
  const cluster = {
    server,
    ...(authority !== undefined && {
      "certificate-authority-data": Buffer.from(authority).toString("base64"),
    }),
    ...(gateway && { extensions: [{ name: "appconn.dev", extension: gateway }] }),
  };
  const context = { cluster: "appconn", user, namespace: "default" };
  const config = {
    apiVersion: "v1",
    kind: "Config",
    clusters: [{ name: "appconn", cluster }],
    users: [{ name: user, user: { token } }],
    contexts: [{ name: "appconn", context }],
    "current-context": "appconn",
  };
  return `${JSON.stringify(config, undefined, 2)}\n`;
}
