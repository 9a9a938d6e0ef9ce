import type { CompiledService } from "./compile-service.ts";
import type { CompiledApi, CompiledApplication, HostTarget } from "./compiled.ts";

/**
 * What calls are resolved against. One Application at a time is swapped whole, so a call sees either its
 * old or its new state, and never waits for a change.
 */
export class Snapshot {
  readonly #applications = new Map<string, CompiledApplication>();
  readonly #hosts = new Map<string, HostTarget[]>();
  #synced = false;

  /** Everything that the store held at the start has been compiled. */
  get synced(): boolean {
    return this.#synced;
  }

  /** How many Applications there are. */
  get size(): number {
    return this.#applications.size;
  }

  application(name: string): CompiledApplication | undefined {
    return this.#applications.get(name);
  }

  /** Everything that answers to an Access Service name; more than one is an ambiguity. */
  host(label: string): readonly HostTarget[] | undefined {
    return this.#hosts.get(label);
  }

  /** Replaces the Application of that name, whose tokens and counted limits stay where the new one has the same. */
  publish(application: CompiledApplication): void {
    for (const api of application.apis) hold(api);
    const before = this.#applications.get(application.name);
    this.#applications.set(application.name, application);
    for (const [label, target] of before?.byHost ?? []) {
      if (application.byHost.get(label) !== target) this.#removeHost(label, target);
    }
    for (const [label, target] of application.byHost) {
      if (before?.byHost.get(label) !== target) this.#addHost(label, target);
    }
    if (before) release(before);
  }

  /** Takes what was added to an Application that is published. */
  extend(services: readonly CompiledService[]): void {
    for (const { entries, host, hostTarget } of services) {
      for (const { api } of entries) if (api.kind === "api") hold(api);
      this.#addHost(host, hostTarget);
    }
  }

  /** Credentials that no other Application has end with it. */
  withdraw(name: string): void {
    const application = this.#applications.get(name);
    if (!application) return;
    this.#applications.delete(name);
    for (const [label, target] of application.byHost) this.#removeHost(label, target);
    release(application);
  }

  markSynced(): void {
    this.#synced = true;
  }

  #addHost(label: string, target: HostTarget): void {
    const targets = this.#hosts.get(label);
    if (targets) targets.push(target);
    else this.#hosts.set(label, [target]);
  }

  #removeHost(label: string, target: HostTarget): void {
    const others = this.#hosts.get(label)?.filter((candidate) => candidate !== target) ?? [];
    if (others.length > 0) this.#hosts.set(label, others);
    else this.#hosts.delete(label);
  }
}

/** Once for each entry that is published, and released with it. */
function hold({ provider, csrf, limits }: CompiledApi): void {
  provider.hold();
  csrf?.hold();
  limits?.hold();
}

function release({ apis }: CompiledApplication): void {
  for (const { provider, csrf, limits } of apis) {
    provider.release();
    csrf?.release();
    limits?.release();
  }
}
