export interface KubeconfigParts {
  /** `https://127.0.0.1:8090`. */
  readonly server: string;
  /** PEM of the authority that signed the server's certificate. */
  readonly authority: string;
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
export function kubeconfigText({ server, authority, token, gateway }: KubeconfigParts): string {
  const cluster = {
    server,
    "certificate-authority-data": Buffer.from(authority).toString("base64"),
    ...(gateway && { extensions: [{ name: "appconn.dev", extension: gateway }] }),
  };
  const context = { cluster: "appconn", user: "admin", namespace: "default" };
  const config = {
    apiVersion: "v1",
    kind: "Config",
    clusters: [{ name: "appconn", cluster }],
    users: [{ name: "admin", user: { token } }],
    contexts: [{ name: "appconn", context }],
    "current-context": "appconn",
  };
  return `${JSON.stringify(config, undefined, 2)}\n`;
}
