import { pairingStep, type PairingStep } from "../telemetry/channels.ts";
import type { PairingContext } from "./pairing-context.ts";

type Action = PairingStep["action"];
type About = Partial<Omit<PairingStep, "action" | "phase">>;

/** The beginning and the end of one step of pairing, told to log and audit. */
export class PairingSteps {
  readonly #action: Action;
  readonly #about: About;

  private constructor(action: Action, about: About) {
    this.#action = action;
    this.#about = about;
    this.#publish("started", {});
  }

  static begin(action: Action, about: About): PairingSteps {
    return new PairingSteps(action, about);
  }

  succeeded(about: About = {}): void {
    this.#publish("succeeded", about);
  }

  /** `reason` is what the caller is told. */
  failed(reason: string): void {
    this.#publish("failed", { reason });
  }

  #publish(phase: PairingStep["phase"], more: About): void {
    if (pairingStep.hasSubscribers) {
      pairingStep.publish({ ...UNKNOWN, ...this.#about, ...more, action: this.#action, phase });
    }
  }
}

const UNKNOWN = {
  application: undefined,
  tenant: undefined,
  group: undefined,
  serial: undefined,
  hash: undefined,
  notAfter: undefined,
  peer: undefined,
};

/** What a step says of whom it is for. */
export function aboutContext({ application, tenant, group }: PairingContext): About {
  return { application, tenant, group };
}
