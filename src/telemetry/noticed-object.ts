import { applicationKind } from "../core/resources/application.ts";
import { apiVersionOf } from "../core/resources/kind.ts";
import type { NoticedObject } from "./channels.ts";

/** What a notice about an Application is about; without a uid it is looked up. */
export function noticedApplication(name: string, uid?: string): NoticedObject {
  const { kind } = applicationKind;
  return { apiVersion: apiVersionOf(applicationKind), kind, name, ...(uid === undefined ? {} : { uid }) };
}

/** What a notice is about that is about no object: everybody looks into this Namespace first. */
export const noticedByAll: NoticedObject = { apiVersion: "v1", kind: "Namespace", name: "default" };
