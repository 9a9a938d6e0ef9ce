import type { CompiledService } from "./compile-service.ts";
import type { CompiledApi, CompiledApplication, HostTarget } from "./compiled.ts";

/**
 * What calls are resolved against. One Application at a time is swapped whole, so a call sees either its
 * old or its new state, and never waits for a change.
 */
export class Snapshot {
  readonly #applications = new Map<string, CompiledApplication>();
  /** One as it is, since there are many names and hardly an ambiguous one. */
  readonly #hosts = new Map<string, HostTarget | HostTarget[]>();
  readonly #hostsChanged: (application: string) => void;
  #synced = false;

  /** `hostsChanged`: an Application has, or had until now, the name of an Access Service in common with another one. */
  constructor(hostsChanged: (application: string) => void = () => {}) {
    this.#hostsChanged = hostsChanged;
  }

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
    const targets = this.#hosts.get(label);
    return targets && asList(targets);
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
    this.#tellSharing(targets);
    if (Array.isArray(targets)) targets.push(target);
    else this.#hosts.set(label, targets ? [targets, target] : target);
  }

  #removeHost(label: string, target: HostTarget): void {
    const [other, ...more] = (this.host(label) ?? []).filter((candidate) => candidate !== target);
    this.#tellSharing(other);
    if (other) this.#hosts.set(label, more.length > 0 ? [other, ...more] : other);
    else this.#hosts.delete(label);
  }

  /** From two on, each has known it already. */
  #tellSharing(alone: HostTarget | readonly HostTarget[] | undefined): void {
    if (alone && "identity" in alone) this.#hostsChanged(alone.identity.application);
  }
}

function asList(targets: HostTarget | HostTarget[]): readonly HostTarget[] {
  return Array.isArray(targets) ? targets : [targets];
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
