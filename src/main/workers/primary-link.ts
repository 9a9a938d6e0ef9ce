import type { Socket } from "node:net";
import type { FromWorker, ToWorker } from "./messages.ts";

type Type = ToWorker["type"];
type Listener<T extends Type> = (message: Extract<ToWorker, { type: T }>, socket: Socket | undefined) => void;

/** A worker's end of the channel to the process that has started it. */
export class PrimaryLink {
  readonly #process: NodeJS.Process;
  readonly #listeners = new Map<Type, Listener<Type>>();

  /** `process` has a channel. It ends with it: what it would do alone is for nobody. */
  constructor(process: NodeJS.Process) {
    this.#process = process;
    process.on("message", (message: unknown, socket: unknown) => {
      const said = message as ToWorker;
      this.#listeners.get(said.type)?.(said, socket as Socket | undefined);
    });
    process.once("disconnect", () => process.exit());
  }

  /** One listener for each type; what nobody listens to is dropped. */
  on<T extends Type>(type: T, listener: Listener<T>): void {
    this.#listeners.set(type, listener as unknown as Listener<Type>);
  }

  send(message: FromWorker): void {
    // The channel may have closed a moment ago; then the process is about to end.
    if (this.#process.connected) this.#process.send?.(message, undefined, {}, () => {});
  }
}
