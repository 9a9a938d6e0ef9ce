import type { Resource } from "../../core/resources/resource.ts";
import type { Selector } from "../../stores/store.ts";

/** What a caller that is limited to some Applications may see and write of one kind. */
export interface ObjectRules {
  /** Selectors that together find everything that `shows` may show of what `selector` finds, in order. */
  readonly narrow: (selector: Selector | undefined) => readonly Selector[];
  /** What it does not show is not there. */
  readonly shows: (object: Resource) => boolean;
  /** Why nothing of that name may be made; asked before it is known whether there is one. */
  readonly nameRefusal: (name: string) => string | undefined;
  /**
   * Why `next`, which the home would take, may not come in place of `stored`; undefined where it may. It is asked
   * for a creation with undefined in place of `stored`.
   */
  readonly refusal: (next: Resource, stored: Resource | undefined) => Promise<string | undefined>;
  /** Why `stored` may not be deleted; undefined where it may. */
  readonly removalRefusal: (stored: Resource) => Promise<string | undefined>;
}
