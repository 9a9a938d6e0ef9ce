/** What a TLS server presents, wherever it comes from. */
export interface ServerKeyPair {
  /** Key and certificate for `tls` options, PEM. */
  readonly current: { readonly cert: string; readonly key: string };
  /** Calls `listener` whenever `current` has become another, until the returned Disposable is disposed. */
  onRenewed(listener: () => void): Disposable;
}
