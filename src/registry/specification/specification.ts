/** The specification of an API as its owner gave it: inline, or where `specificationUrl` says. */
export interface Specification {
  readonly kind: "specification";
  /** Not rewritten yet; not necessarily UTF-8. */
  readonly content: Uint8Array;
}
