/** How to reach one server: what a kubeconfig's context comes to. */
export interface Connection {
  /** Base URL without a slash at its end. */
  readonly server: string;
  /** Where it was read from, for messages. */
  readonly source: string;
  /** Used where neither the command line nor the object names one. */
  readonly namespace: string;
  readonly tls: ConnectionTls;
  /** The value of the Authorization header; never shown. */
  readonly authorization?: string;
  /** What our own server tells about itself beside the standard fields. */
  readonly product: ProductHints;
}

export interface ConnectionTls {
  readonly ca?: string;
  readonly certificate?: string;
  readonly key?: string;
  readonly serverName?: string;
  readonly verify: boolean;
}

/** Extension `appconn.dev` of the kubeconfig's cluster; absent where another program wrote the file. */
export interface ProductHints {
  readonly gatewayUrl?: string;
  readonly compassUrl?: string;
  readonly credentialsNamespace?: string;
}
