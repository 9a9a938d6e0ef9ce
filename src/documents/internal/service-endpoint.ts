import type { IncomingHttpHeaders } from "node:http";
import { jsonAnswer, refusal, type Answer } from "../answer.ts";
import type { DocumentChecks } from "../check/document-checks.ts";
import type { DocumentCatalog } from "../document-catalog.ts";
import type { DocumentVersion } from "../document-versions.ts";
import { isDocumentType, type DocumentReference, type DocumentType, type NewDocument } from "../document.ts";
import { fileAnswer } from "../file-answer.ts";

export interface DocumentCall {
  /** Whose service; undefined where the id says it. */
  readonly application: string | undefined;
  readonly serviceId: string;
  readonly type: string;
  readonly parameters: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
}

interface Known extends Omit<DocumentCall, "type"> {
  readonly type: DocumentType;
}

interface Compared {
  readonly version: DocumentVersion;
  readonly document: NewDocument;
}

/** The documents of one service below `/v1/documents/{service id}`. */
export class ServiceEndpoint {
  readonly #catalog: DocumentCatalog;
  readonly #checks: Pick<DocumentChecks, "compare">;

  constructor(catalog: DocumentCatalog, checks: Pick<DocumentChecks, "compare">) {
    this.#catalog = catalog;
    this.#checks = checks;
  }

  /** States of its documents, and the last versions, the newest first. */
  async list({ application, serviceId }: Pick<DocumentCall, "application" | "serviceId">): Promise<Answer> {
    const items = await this.#catalog.list(application, serviceId);
    const versions = await this.#catalog.history(application, serviceId);
    return jsonAnswer(200, { items, versions });
  }

  /** As published, or with `version` as that version was uploaded. */
  async content(call: DocumentCall): Promise<Answer> {
    return await this.#of(call, async (known) => {
      const { application, serviceId, type, parameters, headers } = known;
      const asked = parameters.get("version");
      if (asked === null) {
        const published = await this.#catalog.published(application, serviceId, type);
        if (!published) return missing(known, type);
        const { fileName, hash, content } = published;
        const bytes = Buffer.from(content.buffer, content.byteOffset, content.byteLength);
        return fileAnswer({ fileName, hash, content: bytes, isFixed: false }, { headers, isOpen: false });
      }
      const kept = (await this.#kept(known)).find(({ version }) => String(version.version) === asked);
      const content = kept && (await this.#catalog.content(application, serviceId, kept.reference.hash));
      if (!content) return missing(known, `${type} of version ${asked.slice(0, 20)}`);
      const { fileName, hash } = kept.reference;
      return fileAnswer({ fileName, hash, content, isFixed: true }, { headers, isOpen: false });
    });
  }

  /** What the check found. */
  async report(call: DocumentCall): Promise<Answer> {
    return await this.#of(call, async (known) => {
      const { application, serviceId, type } = known;
      const findings = await this.#catalog.findings(application, serviceId, type);
      const state = (await this.#catalog.list(application, serviceId)).find(
        (document) => document.type === type,
      );
      if (!findings || !state) return missing(known, type);
      const { phase, reason, message, hash } = state;
      return jsonAnswer(200, { type, hash, phase, reason, message, findings });
    });
  }

  /** Whether callers break; `from` and `to` are versions, by default the last two in which the document differs. */
  async difference(call: DocumentCall): Promise<Answer> {
    return await this.#of(call, async (known) => {
      const kept = await this.#kept(known);
      const { parameters } = known;
      const to = parameters.get("to") ?? String(kept[0]?.version.version ?? "");
      const later = kept.find(({ version }) => String(version.version) === to);
      if (!later) return missing(known, `${known.type} of version ${to.slice(0, 20)}`);
      const from = parameters.get("from");
      const earlier = kept.find(({ version, reference }) =>
        from === null
          ? version.version < later.version.version && reference.hash !== later.reference.hash
          : String(version.version) === from,
      );
      if (!earlier) return missing(known, from === null ? "an earlier one" : `version ${from.slice(0, 20)}`);
      const [before, after] = [await this.#document(known, earlier), await this.#document(known, later)];
      if (!before || !after) return missing(known, "the contents of both versions");
      const { verdict, changes, reason } = await this.#checks.compare(before.document, after.document);
      return jsonAnswer(200, {
        from: earlier.version.version,
        to: later.version.version,
        verdict,
        ...(reason === undefined ? {} : { reason }),
        changes,
      });
    });
  }

  async #of(call: DocumentCall, answer: (known: Known) => Promise<Answer>): Promise<Answer> {
    const { type } = call;
    return isDocumentType(type) ? await answer({ ...call, type }) : missing(call, type.slice(0, 40));
  }

  /** The versions in which the service has the document, the newest first. */
  async #kept({ application, serviceId, type }: Known): Promise<readonly KeptVersion[]> {
    const versions = await this.#catalog.history(application, serviceId);
    return versions.flatMap((version) => {
      const reference = version.documents.find((document) => document.type === type);
      return reference ? [{ version, reference }] : [];
    });
  }

  async #document(
    { application, serviceId, type }: Known,
    { version, reference }: KeptVersion,
  ): Promise<Compared | undefined> {
    const content = await this.#catalog.content(application, serviceId, reference.hash);
    return content && { version, document: { type, fileName: reference.fileName, content } };
  }
}

interface KeptVersion {
  readonly version: DocumentVersion;
  readonly reference: DocumentReference;
}

function missing({ serviceId }: Pick<DocumentCall, "serviceId">, what: string): Answer {
  return refusal("DOCUMENTS_UNKNOWN", serviceId.slice(0, 200), what);
}
