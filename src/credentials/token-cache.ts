import { unshared } from "./request-sharing.ts";
import { Slots } from "./slots.ts";
import { TokenSlot, type TokenEnvironment, type TokenSource } from "./token-slot.ts";

/**
 * The tokens of all credentials, shared by whoever has the same one: the key is the fingerprint of
 * everything that goes into the token request (gateway spec §9 **[D]**).
 */
export class TokenCache extends Slots<TokenSlot, TokenSource> {
  constructor(environment: TokenEnvironment) {
    const { sharing = unshared } = environment;
    super((source, dropped, key) => new TokenSlot(source, { ...environment, sharing, key }, dropped));
  }
}
