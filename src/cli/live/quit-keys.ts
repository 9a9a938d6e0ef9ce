import type { Terminal } from "../terminal.ts";

type Keyboard = Terminal["stdin"] & {
  readonly isTTY?: boolean;
  setRawMode?(isRaw: boolean): unknown;
};

/** As a terminal sends it that makes no signal of it. */
const CONTROL_C = "\u0003";

/**
 * Calls `quit` when q or Ctrl-C is typed, and shows nothing of what is typed, until disposed of. Where nobody types,
 * nothing is read.
 */
export function quitKeys(stdin: Keyboard, quit: () => void): Disposable {
  if (stdin.isTTY !== true || !stdin.setRawMode) return { [Symbol.dispose]: () => {} };
  const typed = (keys: Buffer | string) => {
    const text = String(keys);
    if (text.includes("q") || text.includes(CONTROL_C)) quit();
  };
  stdin.setRawMode(true);
  stdin.on("data", typed);
  stdin.resume();
  return {
    [Symbol.dispose]: () => {
      stdin.off("data", typed);
      stdin.setRawMode?.(false);
      stdin.pause();
    },
  };
}
