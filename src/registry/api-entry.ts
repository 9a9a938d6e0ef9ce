import type { ApplicationEntry, ApplicationService } from "../core/resources/application.ts";
import { entryCredentials } from "../core/resources/entry-credentials.ts";

/** The API of a service. The last one counts where others have written several, as in the original. */
export function apiEntryOf({ entries }: ApplicationService): ApplicationEntry | undefined {
  const entry = entries.findLast(({ type }) => type === "API");
  const credentials = entry && entryCredentials(entry);
  return entry && credentials && credentials !== entry.credentials ? { ...entry, credentials } : entry;
}
