import type { ValidateFunction } from "ajv";
import type { Finding } from "../finding.ts";
import { limits } from "./limits.ts";
import { schemaErrors } from "./schema-errors.ts";
import type { SureRule } from "./sure/sure-schema.ts";

type Thoroughness = "quick" | "thorough";

/** Compiles a validator that stops at the first error, or one that collects them all. */
type Compile = (thoroughness: Thoroughness) => ValidateFunction;

/**
 * A JSON Schema whose validators are compiled when first needed, and once: it takes hundreds of milliseconds.
 * The thorough one tries every branch of every choice, so that only documents with errors pay for it.
 */
export class SchemaCheck {
  readonly #compile: Compile;
  readonly #readSure: (() => SureRule) | undefined;
  #sure: SureRule | undefined;
  readonly #compiled = new Map<Thoroughness, ValidateFunction>();

  /** `readSure` gives what knows most valid documents without a validator. */
  constructor(compile: Compile, readSure?: () => SureRule) {
    this.#compile = compile;
    this.#readSure = readSure;
  }

  /** `values`: how many there are in the document. */
  check(root: unknown, values: number): readonly Finding[] {
    this.#sure ??= this.#readSure?.();
    if (this.#sure?.accepts(root) === true) return [];
    const first = this.#errors("quick", root);
    if (first.length === 0) return [];
    return schemaErrors(values > limits.thorough ? first : this.#errors("thorough", root), root);
  }

  #errors(thoroughness: Thoroughness, root: unknown): NonNullable<ValidateFunction["errors"]> {
    let validate = this.#compiled.get(thoroughness);
    if (!validate) this.#compiled.set(thoroughness, (validate = this.#compile(thoroughness)));
    const valid = validate(root);
    const errors = validate.errors ?? [];
    // The validator would keep the document's errors until the next document.
    validate.errors = null;
    return valid ? [] : errors;
  }
}
