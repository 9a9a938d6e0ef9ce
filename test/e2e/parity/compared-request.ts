/** A request that our home and a cluster must answer alike. */
export interface ComparedRequest {
  readonly path: string;
  /** @default GET without a body, POST with one */
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** An object is sent as JSON, a text as it is. */
  readonly body?: object | string;
  /** Where ours answers something else on purpose: in what, and why. */
  readonly ours?: { readonly answer: Partial<ComparedAnswer>; readonly why: string };
}

/** What of an answer is compared. */
export interface ComparedAnswer {
  readonly status: number;
  /** Media type without its charset. */
  readonly type: string;
  /** Of a Status that refuses; of anything else its kind. */
  readonly reason: string;
  /** Not of 400, 406 and 415, where a cluster says what its parsers do, nor of several causes. */
  readonly message: string;
  /** Group, resource and name that the Status is about. */
  readonly about: string;
  /** `reason field: message` of each, sorted. */
  readonly causes: readonly string[];
}
