import type { Clock } from "../../core/clock.ts";
import type { ApplicationService } from "../../core/resources/application.ts";
import type { CompileContext } from "../../snapshot/compile-api.ts";
import {
  findingParts,
  foundServices,
  applicationFaults,
  type FoundService,
  type HeldApplication,
} from "../../snapshot/findings.ts";
import type { Fault, Finding } from "../../snapshot/finding.ts";

/** Where the Applications are, as calls see them. */
export interface HeldApplications {
  held(name: string): HeldApplication | undefined;
  names(): Iterable<string>;
}

/** What is known of Applications and what is wrong with them, worked out when it is asked for. */
export class Inspection {
  readonly #applications: HeldApplications;
  readonly #compile: CompileContext;
  readonly #clock: Pick<Clock, "now">;
  readonly #listeners = new Set<(application: string) => void>();

  constructor(applications: HeldApplications, compile: CompileContext, clock: Pick<Clock, "now">) {
    this.#applications = applications;
    this.#compile = compile;
    this.#clock = clock;
  }

  find(name: string): InspectedApplication | undefined {
    const held = this.#applications.held(name);
    if (!held) return undefined;
    const context = { compile: this.#compile, now: this.#clock.now() };
    return {
      held,
      faults: () => applicationFaults(held),
      services: (isWanted) => foundServices(held, context, isWanted),
      parts: () => findingParts(held, context),
    };
  }

  /** What is found of an Application may be another now, or it has gone. Answers with what ends that. */
  onRefreshed(listener: (application: string) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** An Application, or a Secret that it refers to, is another now. */
  refreshed(application: string): void {
    for (const listener of this.#listeners) listener(application);
  }

  /** Of all Applications. */
  names(): Iterable<string> {
    return this.#applications.names();
  }
}

/** One Application; what is worked out anew with each question is given piece by piece. */
export interface InspectedApplication {
  readonly held: HeldApplication;
  /** Of the Application itself. */
  faults(): readonly Fault[];
  services(isWanted?: (service: ApplicationService) => boolean): Iterable<FoundService>;
  /** The findings of the Application itself, and then of each of its services, where there are any. */
  parts(): Iterable<readonly Finding[]>;
}
