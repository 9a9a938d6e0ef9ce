import type { Application } from "../../src/core/resources/application.ts";
import type { New } from "../../src/core/resources/resource.ts";

/** The Application with these annotations. */
export function annotated(
  application: New<Application>,
  annotations: Readonly<Record<string, string>>,
): New<Application> {
  return { ...application, metadata: { ...application.metadata, annotations } };
}
