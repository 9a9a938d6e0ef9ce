import type { ChangeText } from "../../stores/store.ts";

/** Changes of the store as bytes, once for all watchers that are given the same list of them in the same form. */
export class EncodedChanges {
  readonly #lists = new WeakMap<readonly ChangeText[], Map<string, Buffer>>();

  /** `form` names everything that `encode` rests on beside the list. */
  of(changes: readonly ChangeText[], form: string, encode: () => string): Buffer {
    const forms = this.#lists.get(changes) ?? new Map<string, Buffer>();
    this.#lists.set(changes, forms);
    const known = forms.get(form);
    if (known) return known;
    const made = Buffer.from(encode());
    forms.set(form, made);
    return made;
  }
}
