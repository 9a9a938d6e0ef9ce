import type { Application, ApplicationService } from "../../core/resources/application.ts";
import { refused, type Refused } from "../refused.ts";
import { serviceIndex } from "../service-index.ts";

/** What is remembered of a registration that had an Idempotency-Key. */
export interface RegistrationMark {
  readonly key: string;
  /** Of the body that came with it. */
  readonly body: string;
}

/** An expected outcome: the same registration was done before, and this is what it made. */
export interface RepeatedRegistration {
  readonly kind: "repeated";
  readonly service: ApplicationService;
}

/** Annotation of the Application: it is written with the service, or not at all. */
const ANNOTATION = "appconn.dev/registrations";

/** Seconds for which a key counts. */
const REMEMBERED = 24 * 60 * 60;
/** How many of an Application are remembered: some 25 KB of the 256 KiB that annotations may have. */
const MOST = 256;

type Entry = readonly [key: string, body: string, id: string, seconds: number];

/**
 * What a registration with the same key has made, while it is remembered and the service is there; a refusal where
 * its body was another one.
 */
export function earlierRegistration(
  application: Application,
  mark: RegistrationMark,
  now: number,
): RepeatedRegistration | Refused | undefined {
  const found = entriesOf(application, now).find(([key]) => key === mark.key);
  const service = found && serviceIndex(application).byId.get(found[2]);
  if (!found || !service) return undefined;
  return found[1] === mark.body ? { kind: "repeated", service } : refused("REGISTRY_KEY_REUSED");
}

/** The Application with a registration remembered, and without those that nobody will ask for. */
export function remembering(
  application: Application,
  { key, body, id }: RegistrationMark & { readonly id: string },
  now: number,
): Application {
  const { byId } = serviceIndex(application);
  const others = entriesOf(application, now).filter(
    ([other, , service]) => other !== key && byId.has(service),
  );
  const entries: readonly Entry[] = [...others.slice(1 - MOST), [key, body, id, Math.floor(now / 1000)]];
  const { metadata } = application;
  const annotations = { ...metadata.annotations, [ANNOTATION]: JSON.stringify(entries) };
  return { ...application, metadata: { ...metadata, annotations } };
}

/** The oldest first. What somebody has written there by hand is passed over. */
function entriesOf({ metadata }: Application, now: number): readonly Entry[] {
  const oldest = now / 1000 - REMEMBERED;
  try {
    const list: unknown = JSON.parse(metadata.annotations?.[ANNOTATION] ?? "[]");
    return Array.isArray(list) ? list.filter(isEntry).filter(([, , , at]) => at > oldest) : [];
  } catch {
    return [];
  }
}

function isEntry(value: unknown): value is Entry {
  if (!Array.isArray(value) || value.length !== 4) return false;
  const [key, body, id, seconds] = value as readonly unknown[];
  return [key, body, id].every((part) => typeof part === "string") && typeof seconds === "number";
}
