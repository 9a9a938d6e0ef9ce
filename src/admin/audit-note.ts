import type { FastifyRequest } from "fastify";

/** What of a write does not stand in its path or its headers, for the audit record. */
export interface AuditNote {
  /** Of an object that is created: from the body, or as it was generated. */
  readonly name?: string;
  /** Nothing was kept, whatever the status says. */
  readonly dryRun?: boolean;
  /** Of an access token: without them nobody could say afterwards who was let in to what. */
  readonly role?: string;
  readonly applications?: readonly string[] | undefined;
}

const notes = new WeakMap<FastifyRequest, AuditNote>();

/** Told by a verb as soon as it knows, so that a refusal that follows is recorded with it. */
export function noteForAudit(request: FastifyRequest, note: AuditNote): void {
  notes.set(request, { ...notes.get(request), ...note });
}

export function auditNoteOf(request: FastifyRequest): AuditNote {
  return notes.get(request) ?? {};
}
