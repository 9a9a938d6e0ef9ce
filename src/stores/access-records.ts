/** What the holder of an access token may do; what each means is the admin API's affair. */
export type AccessRole = "admin" | "editor" | "viewer";

/** A named token of the admin API, which itself is known to its holder alone. Times in milliseconds since the epoch. */
export interface AccessRecord {
  readonly name: string;
  /** Lower-case hex SHA-256 of the token: 64 digits. */
  readonly hash: string;
  /** The first characters of the token, by which people recognise it; too few to be of use to anybody. */
  readonly prefix: string;
  readonly role: AccessRole;
  /** Names of the Applications that it is limited to; undefined: it is not. */
  readonly applications: readonly string[] | undefined;
  readonly createdAt: number;
  /** Name of the user who made it. */
  readonly createdBy: string;
  readonly expiresAt: number | undefined;
  readonly lastUsedAt: number | undefined;
}

/**
 * The access tokens. They are no objects: whoever may write objects could otherwise write himself one. Every
 * write that resolved is durable. Rejects with a StoreFailure: STORE_CONFLICT as said below, and what every
 * write may meet.
 */
export interface AccessRecords {
  /** All there are, sorted by name; expired ones too. */
  list(): Promise<readonly AccessRecord[]>;
  /** STORE_CONFLICT where one of that name or hash exists. */
  add(record: AccessRecord): Promise<void>;
  /** false where there was none of that name. */
  remove(name: string): Promise<boolean>;
  /** Keeps when it was used last; one that was removed meanwhile is no error. */
  used(hash: string, at: number): Promise<void>;
}
