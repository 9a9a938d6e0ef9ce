import type { CredentialMaterial } from "./credential-material.ts";
import type { SecretData } from "./secret-data.ts";
import { StaticProvider } from "./static-provider.ts";

/**
 * Providers that hold nothing but what their Secret says: one serves all entries that are compiled with the same
 * data, as those of an Application are. There may be fifty thousand of them.
 */
export class SharedProviders {
  readonly #known = new WeakMap<SecretData, Map<string, StaticProvider>>();

  /** The one that there is for the material, or what is made of it. */
  share<Made>(type: string, { data, secretName, tls }: CredentialMaterial, make: () => Made) {
    const ofSecret = this.#known.get(data) ?? new Map<string, StaticProvider>();
    const key = `${type} ${secretName} ${tls.key}`;
    const known = ofSecret.get(key);
    if (known) return known;
    const made = make();
    if (made instanceof StaticProvider) {
      ofSecret.set(key, made);
      this.#known.set(data, ofSecret);
    }
    return made;
  }
}
