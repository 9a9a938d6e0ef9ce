import { setFlagsFromString } from "node:v8";

const FLAG = "--semi-space-growth-factor";
/** Of V8: `node --v8-options`. */
const DEFAULT = 2;

/**
 * Starts a server without letting V8's young generation grow: while modules are loaded all objects survive, by
 * which it reaches 32 MB, and V8 gives pages back only in collections that cost calls more than the pages are worth.
 * It grows as ever when the server is there. V8 reads the flag whenever it might grow, so it may be set at any time.
 */
export async function startSmall<T>(start: () => Promise<T>): Promise<T> {
  setFlagsFromString(`${FLAG}=1`);
  try {
    return await start();
  } finally {
    setFlagsFromString(`${FLAG}=${DEFAULT}`);
  }
}
