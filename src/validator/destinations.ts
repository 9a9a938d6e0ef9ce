import type { ValidatorOptions } from "./options.ts";

/** Where a path leads behind the validator. */
export interface Destination {
  readonly upstream: "registry" | "events";
  readonly path: string;
}

interface Rule {
  readonly upstream: Destination["upstream"];
  readonly prefix: (application: string) => string;
  /** undefined leaves the path as it is. */
  readonly path: string | undefined;
  /** What may follow the prefix without a slash, and ends the path. */
  readonly ending?: string;
}

/** The public paths and what becomes of them; the first prefix that fits decides (connector spec §16). */
export class Destinations {
  readonly #rules: readonly Rule[];

  constructor(options: ValidatorOptions) {
    const { appNamePlaceholder: placeholder, eventingDestinationPath: publish } = options;
    const rule = (template: string, upstream: Rule["upstream"], path?: string): Rule => {
      const [before = "", ...after] = placeholder === "" ? [template] : template.split(placeholder);
      return { upstream, prefix: (application) => [before, ...after].join(application), path };
    };
    this.#rules = [
      rule(options.eventingPathPrefixV1, "events"),
      rule(options.eventingPathPrefixV2, "events", publish),
      rule(options.eventingPathPrefixEvents, "events", publish),
      // Where the registry's document stood before Kyma 0.4 (registry spec §2).
      { ...rule(options.registryPathPrefix, "registry"), ending: "api.yaml" },
    ];
  }

  /** `path` without the query. A prefix ends at a slash or with the path: `/shop/v1/eventsX` fits none. */
  of(application: string, path: string): Destination | undefined {
    for (const { upstream, prefix: prefixOf, path: sent, ending } of this.#rules) {
      const prefix = prefixOf(application);
      if (!path.startsWith(prefix)) continue;
      const rest = path.slice(prefix.length);
      if (rest === "" || rest.startsWith("/") || rest === ending) return { upstream, path: sent ?? path };
    }
    return undefined;
  }
}
