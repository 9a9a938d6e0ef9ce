import type { PlainObject } from "../../core/plain-object.ts";

/** One object of a file, as it was written. */
export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly namespace: string | undefined;
  readonly object: PlainObject;
  /** For messages: `examples/orders/secret.yaml`, or `STDIN`. */
  readonly source: string;
}
