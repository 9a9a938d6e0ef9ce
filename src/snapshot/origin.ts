import type { Application } from "../core/resources/application.ts";
import { labelValue } from "../core/resources/label-value.ts";
import { APPLICATION_LABEL, isOwnedBy } from "../core/resources/owned-by.ts";
import type { Secret } from "../core/resources/secret.ts";
import type { SecretLookup } from "../credentials/find-secret.ts";
import { decodeSecret } from "../credentials/secret-data.ts";
import type { CompileContext } from "./compile-api.ts";

/** What of the Application counts, which itself is not held: it is large, and another one after each change. */
export interface Setting {
  readonly application: string;
  readonly encodeUrl: boolean | undefined;
  readonly skipVerify: boolean | undefined;
  /** What annotations set for the service and its entries. */
  readonly annotated: string;
}

export interface FoundSecret {
  readonly name: string;
  readonly secret: Secret | undefined;
}

/** Everything that a compiled service came of, beside itself. */
export interface Origin {
  readonly setting: Setting;
  readonly context: CompileContext;
  /** As they were found, or not. A service has two at most, and a map would take more room than all the rest. */
  readonly secrets: readonly FoundSecret[];
  /** Names of the Secrets that its entries and settings refer to, also of entries that are no APIs. */
  readonly secretNames: readonly string[];
}

/** `annotated`: what annotations set, so that equal texts mean equal settings. */
export function settingOf({ metadata, spec }: Application, annotated: string): Setting {
  return { application: metadata.name, encodeUrl: spec?.encodeUrl, skipVerify: spec?.skipVerify, annotated };
}

export function isSameSetting(one: Setting, other: Setting): boolean {
  return (
    one.application === other.application &&
    one.encodeUrl === other.encodeUrl &&
    one.skipVerify === other.skipVerify &&
    one.annotated === other.annotated
  );
}

/**
 * What the services of one Application have in common, while it is compiled. Most come of the same setting and
 * the same Secrets: there may be fifty thousand of them, and what each has of its own adds up.
 */
export class SharedOrigin {
  readonly #lookups = new Map<Secret, SecretLookup>();
  readonly #owner: string | undefined;
  #last: Origin | undefined;

  /** `owner`: the Application that Secrets must belong to; undefined where they may be anybody's. */
  constructor(owner: string | undefined) {
    this.#owner = owner;
  }

  /** Decoded once, so that what is made of it may be shared, too. */
  lookup(secret: Secret | undefined): SecretLookup {
    if (!secret) return { kind: "missing" };
    const known = this.#lookups.get(secret);
    if (known) return known;
    const lookup = this.#read(secret);
    this.#lookups.set(secret, lookup);
    return lookup;
  }

  #read(secret: Secret): SecretLookup {
    const owner = this.#owner;
    if (owner === undefined || isOwnedBy(new Set([owner]), secret)) {
      return { kind: "found", data: decodeSecret(secret) };
    }
    const label = `${APPLICATION_LABEL}=${labelValue(owner)}`;
    return { kind: "unreadable", cause: `it does not belong to the Application: label it ${label}` };
  }

  /** That of the service before, where it is the same. */
  share(origin: Origin): Origin {
    if (!this.#last || !isSame(this.#last, origin)) this.#last = origin;
    return this.#last;
  }
}

function isSame(one: Origin, other: Origin): boolean {
  return (
    one.context === other.context &&
    isSameSetting(one.setting, other.setting) &&
    haveSame(one.secretNames, other.secretNames, (name, another) => name === another) &&
    haveSame(one.secrets, other.secrets, isSameSecret)
  );
}

function isSameSecret(one: FoundSecret, other: FoundSecret): boolean {
  return one.name === other.name && one.secret === other.secret;
}

function haveSame<T>(some: readonly T[], others: readonly T[], same: (one: T, other: T) => boolean): boolean {
  return some.length === others.length && some.every((one, place) => same(one, others[place] as T));
}
