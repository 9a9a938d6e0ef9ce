import type { ReceivedCsrfToken } from "./csrf-token.ts";
import { ExpiringSlot, type SlotEnvironment } from "./expiring-slot.ts";
import { Slots } from "./slots.ts";

export type CsrfSlot = ExpiringSlot<ReceivedCsrfToken>;

/**
 * The CSRF tokens of all entries. The key is application, service, entry, credential and URL: in the
 * original it is the URL alone, and one Application's token goes out with another's calls (gateway spec §10).
 */
export class CsrfCache extends Slots<CsrfSlot, void> {
  constructor(environment: SlotEnvironment) {
    super((_, dropped) => new ExpiringSlot(environment, dropped));
  }
}
