import type { Gateway } from "../gateway/start.ts";

/** The gateway's listeners, whoever serves them, and what is known of its Applications. */
export interface ServedGateway extends Pick<Gateway, "inspection" | "checker">, AsyncDisposable {
  /** `http://127.0.0.1:8080` */
  readonly manualOrigin: string;
  readonly compassOrigin: string;
  /** Why calls cannot be served now; undefined when they can. */
  readonly notReady: string | undefined;
  /** Finishes calls in flight for at most `drainTimeout`, then cuts them. */
  close(): Promise<void>;
}
