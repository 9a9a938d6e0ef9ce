import { EndedTask } from "../../core/threads/ended-task.ts";
import type { LargeWork } from "../large/large-work.ts";
import { isOData } from "./is-odata.ts";
import { rewriteBytes } from "./rewrite-bytes.ts";
import type { Rewriting } from "./rewriting.ts";

/** Bytes up to which rewriting takes a few milliseconds at most. */
const SMALL_JSON = 128 * 1024;
const SMALL_YAML = 4 * 1024;

/**
 * Rewrites specifications, the large ones off the main thread, so that no document holds up the process: one that
 * takes too long or too much memory is kept as it is.
 */
export class SpecificationRewriter {
  readonly #large: Pick<LargeWork, "rewrite">;

  constructor(large: Pick<LargeWork, "rewrite">) {
    this.#large = large;
  }

  async rewrite(content: Uint8Array, rewriting: Rewriting): Promise<Uint8Array> {
    if (isOData(rewriting.apiType)) return content;
    const isSmall = content.length <= (startsAsJson(content) ? SMALL_JSON : SMALL_YAML);
    if (isSmall) return rewriteBytes(content, rewriting);
    try {
      return await this.#large.rewrite(content, rewriting);
    } catch (error) {
      if (error instanceof EndedTask) return content;
      throw error;
    }
  }
}

const OPENING_BRACE = 0x7b;

function startsAsJson(content: Uint8Array): boolean {
  // White space and a byte order mark may stand before it, but not much of it in earnest.
  const first = content.subarray(0, 1024).find((byte) => byte > 0x20 && byte < 0x80);
  return first === OPENING_BRACE;
}
