import { isDocumentType, type DocumentType } from "../document.ts";

/** What an entry of the search index stands for: an Application, a service of it, or a document of that. */
export interface SearchedThing {
  readonly application: string;
  readonly serviceId?: string;
  readonly type?: DocumentType;
}

/** JSON: ids of services that were written by hand may have any character in them. */
export function writeSearchKey({ application, serviceId, type }: SearchedThing): string {
  return JSON.stringify([application, serviceId, type].filter((part) => part !== undefined));
}

/** undefined for what is no key of ours, such as that of a former version. */
export function readSearchKey(key: string): SearchedThing | undefined {
  let parts: unknown;
  try {
    parts = JSON.parse(key);
  } catch {
    return undefined;
  }
  if (!Array.isArray(parts) || !parts.every((part) => typeof part === "string")) return undefined;
  const [application, serviceId, type, ...more] = parts;
  if (application === undefined || more.length > 0) return undefined;
  if (serviceId === undefined) return { application };
  if (type === undefined) return { application, serviceId };
  return isDocumentType(type) ? { application, serviceId, type } : undefined;
}
