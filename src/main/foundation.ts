import type { OwnListeners } from "../outbound/own-listeners.ts";
import type { Store } from "../stores/store.ts";
import type { Telemetry } from "../telemetry/telemetry.ts";
import type { ServeOptions } from "./settings.ts";

/** What every component is started with. */
export interface Foundation {
  readonly options: ServeOptions;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly store: Store;
  readonly telemetry: Telemetry;
  /** Grows as listeners open. */
  readonly listeners: OwnListeners;
}
