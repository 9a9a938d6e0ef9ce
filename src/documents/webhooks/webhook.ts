/** One program that changes, judges or describes documents of a type (registry spec §9.4). */
export interface Webhook {
  /** `<namespace>/<name><endpoint>`, as Rafter shows it; or the URL, where one was given. */
  readonly shown: string;
  readonly url: string;
  /** Files that it is for; undefined: all. */
  readonly filter: RegExp | undefined;
  /** JSON, or empty. */
  readonly parameters: string;
}

/** The webhooks of one type of documents, each list in its order. */
export interface Webhooks {
  readonly mutations: readonly Webhook[];
  readonly validations: readonly Webhook[];
  readonly metadataExtractors: readonly Webhook[];
}
