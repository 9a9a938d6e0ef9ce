import type { Clock } from "../core/clock.ts";
import { tokenRequestKind, type TokenRequest } from "../core/resources/token-request.ts";
import { FollowedCollection } from "../snapshot/followed-collection.ts";
import { isStoreFailure } from "../stores/store-failure.ts";
import type { Collection, Store } from "../stores/store.ts";
import { notice } from "../telemetry/notice.ts";
import { contextProblem } from "./endpoints/create-token.ts";
import type { ConnectorOptions } from "./options.ts";
import type { PairingContext } from "./pairing-context.ts";
import { aboutContext, PairingSteps } from "./pairing-steps.ts";
import type { PairingTokens } from "./pairing-tokens.ts";
import type { PublicUrls } from "./public-urls.ts";

export interface TokenRequestsParts {
  readonly store: Store;
  readonly options: ConnectorOptions;
  readonly tokens: PairingTokens;
  readonly urls: PublicUrls;
  readonly clock: Clock;
  readonly warn: (message: string, fields: Readonly<Record<string, unknown>>) => void;
}

/** Between two looks at what is there, however soon something ends; in milliseconds. */
const SHORTEST_PAUSE = 250;

/**
 * Answers TokenRequest objects with a pairing link, and removes them when it has ended (connector spec §11).
 * What could not be answered is tried again in each period.
 */
export class TokenRequests implements AsyncDisposable {
  readonly #parts: TokenRequestsParts;
  readonly #collection: Collection<TokenRequest>;
  readonly #followed: FollowedCollection<TokenRequest>;
  /** By key; one thing at a time is done to an object. */
  readonly #underway = new Map<string, Promise<void>>();
  /** Versions that were written here: by key. */
  readonly #written = new Map<string, string>();
  /** Objects whose refusal has been told, by their uid. */
  readonly #warned = new Map<string, string>();
  #timer: Disposable | undefined;
  /** When the timer is due, on the clock that never jumps. */
  #due = Number.POSITIVE_INFINITY;
  #isClosed = false;

  constructor(parts: TokenRequestsParts) {
    this.#parts = parts;
    this.#collection = parts.store.collection(tokenRequestKind);
    this.#followed = new FollowedCollection({
      collection: this.#collection,
      key: keyOf,
      changed: (key) => this.#changed(key),
      interrupted: (error) => parts.warn("a watch of the store broke off and is begun again", { error }),
      clock: parts.clock,
    });
    this.#sweepWithin(parts.options.tokenRequests.syncPeriod);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#timer?.[Symbol.dispose]();
    await this.#followed.close();
    await Promise.all(this.#underway.values());
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #changed(key: string): void {
    const object = this.#followed.get(key);
    if (!object) {
      this.#warned.delete(key);
      this.#written.delete(key);
      return;
    }
    // A failure is tried again by the period, or by somebody's change, not by the change that it made itself.
    if (object.metadata.resourceVersion !== this.#written.get(key)) this.#begin(key);
    this.#sweepWithin(this.#left(object));
  }

  #sweep(): void {
    this.#due = Number.POSITIVE_INFINITY;
    let next = this.#parts.options.tokenRequests.syncPeriod;
    for (const object of this.#followed.values()) {
      this.#begin(keyOf(object));
      next = Math.min(next, this.#left(object));
    }
    this.#sweepWithin(next);
  }

  /** Milliseconds until an object has ended. */
  #left(object: TokenRequest): number {
    return (endOf(object) ?? Number.POSITIVE_INFINITY) - this.#parts.clock.now();
  }

  #sweepWithin(milliseconds: number): void {
    const { clock } = this.#parts;
    const pause = Math.max(milliseconds, SHORTEST_PAUSE);
    const due = clock.monotonic() + pause;
    if (this.#isClosed || due >= this.#due) return;
    this.#timer?.[Symbol.dispose]();
    this.#due = due;
    this.#timer = clock.after(pause, () => this.#sweep());
  }

  #begin(key: string): void {
    if (this.#isClosed || this.#underway.has(key)) return;
    const begun = this.#versionOf(key);
    const work = this.#reconcile(key)
      .catch((error: unknown) => this.#parts.warn("a TokenRequest cannot be answered", { key, error }))
      .finally(() => {
        this.#underway.delete(key);
        // What came meanwhile was not looked at.
        const now = this.#versionOf(key);
        if (now !== undefined && now !== begun && now !== this.#written.get(key)) this.#begin(key);
      });
    this.#underway.set(key, work);
  }

  #versionOf(key: string): string | undefined {
    return this.#followed.get(key)?.metadata.resourceVersion;
  }

  async #reconcile(key: string): Promise<void> {
    const object = this.#followed.get(key);
    if (!object || object.metadata.deletionTimestamp !== undefined) return;
    const end = endOf(object);
    if (end !== undefined && end <= this.#parts.clock.now()) return this.#remove(object);
    if (object.status?.token) return;
    const context = contextOf(object, this.#parts.options.central);
    const problem = this.#problemOf(object, context);
    if (problem !== undefined) return this.#refuse(object, problem);
    await this.#write(object, await this.#answer(object, context));
  }

  async #answer(object: TokenRequest, context: PairingContext): Promise<TokenRequest["status"]> {
    const { tokens, urls, options } = this.#parts;
    const { name, namespace = "" } = object.metadata;
    const peer = `TokenRequest ${namespace}/${name}`;
    const steps = PairingSteps.begin("token", { ...aboutContext(context), peer });
    try {
      const { token, expiresAt } = await tokens.create(context, options.tokenRequests.tokenTtl);
      steps.succeeded({ notAfter: expiresAt });
      const expireAfter = rfc3339(expiresAt);
      return { token, url: urls.pairingLink(context, token), expireAfter, application: name, state: "OK" };
    } catch (error) {
      steps.failed("the token could not be kept");
      this.#parts.warn("a TokenRequest cannot be answered", { name, namespace, error });
      return { application: name, state: "Error" };
    }
  }

  #problemOf({ metadata: { namespace = "" } }: TokenRequest, context: PairingContext): string | undefined {
    const { namespaces } = this.#parts.options.tokenRequests;
    if (namespaces.length > 0 && !namespaces.includes(namespace)) {
      return "its namespace is not in connector.tokenRequests.namespaces";
    }
    if (context.tenant === "" || context.group === "") return "tenant and group are required in central mode";
    return contextProblem(context)?.text;
  }

  async #refuse(object: TokenRequest, reason: string): Promise<void> {
    const { apiVersion, kind, metadata } = object;
    const { name, namespace, uid } = metadata;
    notice({ apiVersion, kind, namespace, name, uid }, "TokenRequestRefused", `no token is made: ${reason}`);
    const key = keyOf(object);
    if (this.#warned.get(key) !== uid) {
      this.#parts.warn("a TokenRequest is refused", { name, namespace, reason });
      this.#warned.set(key, uid);
    }
    if (object.status?.state === "Error") return;
    await this.#write(object, { application: name, state: "Error" });
  }

  async #write(object: TokenRequest, status: TokenRequest["status"]): Promise<void> {
    try {
      const { metadata } = await this.#collection.update({ ...object, ...(status && { status }) });
      this.#written.set(keyOf(object), metadata.resourceVersion);
    } catch (error) {
      // It was changed or deleted meanwhile, and the change brings it here again.
      if (!isStoreFailure(error, "STORE_CONFLICT", "STORE_NOT_FOUND")) throw error;
    }
  }

  async #remove({ metadata: { name, namespace = "", uid, resourceVersion } }: TokenRequest): Promise<void> {
    try {
      await this.#collection.remove({ name, namespace }, { precondition: { uid, resourceVersion } });
    } catch (error) {
      if (!isStoreFailure(error, "STORE_CONFLICT", "STORE_NOT_FOUND")) throw error;
    }
  }
}

/** In central mode what is missing is empty, and a reason to refuse it. */
function contextOf({ metadata: { name }, context }: TokenRequest, central: boolean): PairingContext {
  return {
    purpose: "application",
    application: name,
    tenant: central ? (context?.tenant ?? "") : undefined,
    group: central ? (context?.group ?? "") : undefined,
  };
}

/** undefined where nothing says when it ends. */
function endOf({ status }: TokenRequest): number | undefined {
  const end = Date.parse(status?.expireAfter ?? "");
  return Number.isNaN(end) ? undefined : end;
}

/** In whole seconds, as Kubernetes writes times; rounded down, so that nothing is promised for too long. */
function rfc3339(milliseconds: number): string {
  return `${new Date(Math.floor(milliseconds / 1000) * 1000).toISOString().slice(0, 19)}Z`;
}

function keyOf({ metadata: { namespace = "", name } }: TokenRequest): string {
  return `${namespace}/${name}`;
}
