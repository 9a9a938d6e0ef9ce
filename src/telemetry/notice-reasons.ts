interface ReasonRow {
  readonly type: "Normal" | "Warning";
  /** The part that sees it. */
  readonly component: string;
  /** Kind of the objects that it is about. */
  readonly about: string;
  /** What has happened, for the table of the reference. */
  readonly meaning: string;
  /** What the reader of it can do; undefined where there is nothing to be done. */
  readonly remedy?: string;
}

/**
 * Every reason of a notice, with who gives it and what it means. A reason is never given another meaning: people write
 * alerts for it.
 */
export const noticeReasons = {
  AccessTokenRefused: {
    type: "Warning",
    component: "admin",
    about: "Application, or Namespace",
    meaning:
      "a token that has ended or was revoked was shown to the admin API, for which Applications it was: or for all, or it is not known",
    remedy: "find who still uses it, and give them a new one with `appconn access create`",
  },
} as const satisfies Readonly<Record<string, ReasonRow>>;

export type NoticeReason = keyof typeof noticeReasons;
