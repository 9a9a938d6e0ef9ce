import type { AccessRole } from "../../stores/access-records.ts";

/** Who asks, once it is known. */
export interface Caller {
  /** As audit records and reviews name it. */
  readonly name: string;
  readonly role: AccessRole;
  /** The Applications that it is limited to; undefined: it is not. */
  readonly applications: ReadonlySet<string> | undefined;
  /** Aborted when its token was revoked or replaced, or has expired: what it has open ends then. */
  readonly ended: AbortSignal;
}
