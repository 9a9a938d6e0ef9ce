/** One setting that an annotation of an Application gives for all of its APIs, those of one service, or one. */
export interface ApiSetting<Value> {
  /** What it does, in a sentence for the reference. */
  readonly description: string;
  /** What a value must be, to follow "must be ". */
  readonly expected: string;
  readonly example: string;
  /** What holds without it, in a few words. */
  readonly otherwise: string;
  /** undefined when `written` is none. */
  readonly parse: (written: string) => Value | undefined;
}
