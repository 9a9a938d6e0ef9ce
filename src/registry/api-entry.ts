import type { ApplicationEntry, ApplicationService } from "../core/resources/application.ts";

/** The API of a service. The last one counts where others have written several, as in the original. */
export function apiEntryOf({ entries }: ApplicationService): ApplicationEntry | undefined {
  return entries.findLast(({ type }) => type === "API");
}
