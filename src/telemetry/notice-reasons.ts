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
    about: "the Applications that the token was for, or the Namespace `default` where it was for all",
    meaning: "a token that has expired or was revoked was shown to the admin API",
    remedy: "find who still uses it, and give them a new one with `appconn access create`",
  },
  UnknownTokenRefused: {
    type: "Warning",
    component: "admin",
    about: "the Namespace `default`",
    meaning:
      "the admin API was shown a token that it does not know, or that was revoked before the last start",
    remedy:
      "where it comes again and again, find who asks: the log of the proxy or firewall in front has the address",
  },
} as const satisfies Readonly<Record<string, ReasonRow>>;

export type NoticeReason = keyof typeof noticeReasons;
