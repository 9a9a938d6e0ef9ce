/** The gateway's listeners, whoever serves them. */
export interface ServedGateway extends AsyncDisposable {
  /** `http://127.0.0.1:8080` */
  readonly manualOrigin: string;
  readonly compassOrigin: string;
  /** Why calls cannot be served now; undefined when they can. */
  readonly notReady: string | undefined;
  /** Finishes calls in flight for at most `drainTimeout`, then cuts them. */
  close(): Promise<void>;
}
