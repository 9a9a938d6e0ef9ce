import type { ApplicationService } from "../core/resources/application.ts";
import { apiEntryOf } from "./api-entry.ts";

/** What is allowed, and seldom meant (registry spec §15.4). */
export function serviceWarnings(service: ApplicationService): readonly string[] {
  const entry = apiEntryOf(service);
  if (!entry) return [];
  const isOpen = (entry.credentials?.type ?? "") === "";
  const isPlain = /^http:/i.test(entry.targetUrl ?? "");
  return [
    ...(isOpen ? ["The API is called without credentials"] : []),
    ...(isPlain ? ["The target is called without TLS"] : []),
  ];
}
