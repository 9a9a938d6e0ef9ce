import { CsrfSlot, type CsrfEnvironment } from "./csrf-slot.ts";
import { Slots } from "./slots.ts";

/**
 * The CSRF tokens of all entries. The key is application, service, entry, credential and URL: in the
 * original it is the URL alone, and one Application's token goes out with another's calls (gateway spec §10).
 */
export class CsrfCache extends Slots<CsrfSlot, void> {
  constructor(environment: CsrfEnvironment) {
    super((_, dropped) => new CsrfSlot(environment, dropped));
  }
}
