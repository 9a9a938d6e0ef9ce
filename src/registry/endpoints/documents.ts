import { reasonOf } from "../../core/failures.ts";
import { jsonAnswer, refusalAnswer, type Answer } from "../answer.ts";
import { documentMediaType } from "../document-media-type.ts";
import { entityTag, isKnownTag } from "../../http/entity-tags.ts";
import { isRefused, refused, type Refused } from "../refused.ts";
import { refreshSpecification } from "../refresh-specification.ts";
import type { RegistryContext } from "../registry-context.ts";
import type { Call, Endpoint } from "../router.ts";
import { findService } from "../service-changes.ts";
import type { DocumentState, DocumentType } from "../service-documents.ts";
import { announced } from "./announce.ts";
import { placeOf, type EndpointParts } from "./endpoint-parts.ts";

/** GET …/specs: which documents there are, with what was found in them (registry spec §11.4). */
export function listDocuments({ context }: EndpointParts): Endpoint {
  return (call) => ofService(context, call, (place) => listed(context, place));
}

/** GET …/specs/{type}: the bytes as they are published. */
export function getDocument({ context }: EndpointParts): Endpoint {
  return (call) =>
    ofService(context, call, async ({ application, id }) => {
      const type = typeOf(call);
      const document = type && (await context.catalog.published(application, id, type));
      if (!document) return refusalAnswer(noDocument(call));
      const { hash, content } = document;
      const headers = {
        "Content-Type": await documentMediaType(document, context.remembered),
        ETag: entityTag(hash),
        // A stranger wrote it: no browser may take it for a page of this origin.
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "sandbox",
      };
      if (isKnownTag(call.request.headers["if-none-match"], hash)) return { status: 304, headers, body: "" };
      return { status: 200, headers, body: [content] };
    });
}

/** GET …/specs/{type}/report: what the check found. */
export function getReport({ context }: EndpointParts): Endpoint {
  return (call) =>
    ofService(context, call, async ({ application, id }) => {
      const type = typeOf(call);
      const document =
        type && (await context.catalog.list(application, id)).find((state) => state.type === type);
      if (!document) return refusalAnswer(noDocument(call));
      const { phase, reason, message } = document;
      const findings = (await context.catalog.findings(application, id, document.type)) ?? [];
      return jsonAnswer(200, { type, phase, reason, message, findings });
    });
}

/** POST …/specs/refresh: fetches the specification again. */
export function refreshDocuments({ context }: EndpointParts): Endpoint {
  return async (call) => {
    const place = placeOf(call);
    const outcome = await refreshSpecification(context, place);
    const answer = isRefused(outcome) ? refusalAnswer(outcome) : await listed(context, place);
    const name = isRefused(outcome) ? undefined : outcome.service.displayName;
    return announced(call, { action: "refresh", name, answer });
  };
}

async function ofService(
  context: RegistryContext,
  call: Call,
  answer: (place: ReturnType<typeof placeOf>) => Promise<Answer>,
): Promise<Answer> {
  const place = placeOf(call);
  const found = findService(context, place, `Reading documents of service with ID ${place.id} failed`);
  if (isRefused(found)) return refusalAnswer(found);
  try {
    return await answer(place);
  } catch (error) {
    return refusalAnswer(refused("REGISTRY_DOCUMENTS_UNREADABLE", reasonOf(error)));
  }
}

async function listed(
  { catalog }: RegistryContext,
  { application, id }: ReturnType<typeof placeOf>,
): Promise<Answer> {
  return jsonAnswer(200, (await catalog.list(application, id)).map(shown));
}

function shown({ type, fileName, phase, reason, message, hash, size, findings }: DocumentState): object {
  return { type, fileName, phase, reason, message, hash, size, findings };
}

const TYPES: readonly DocumentType[] = ["openapi", "odata", "asyncapi", "docs"];

function typeOf({ parameters }: Call): DocumentType | undefined {
  return TYPES.find((type) => type === parameters["type"]);
}

function noDocument(call: Call): Refused {
  return refused("REGISTRY_NO_DOCUMENT", placeOf(call).id, call.parameters["type"] ?? "");
}
