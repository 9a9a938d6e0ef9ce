import { Pool } from "undici";
import type { Manifest } from "./resources.ts";

/** The few calls of the admin API that the benchmark needs. */
export class AdminClient implements AsyncDisposable {
  readonly #pool: Pool;
  readonly #token: string;

  constructor(origin: string, token: string) {
    this.#pool = new Pool(origin, { connections: 16 });
    this.#token = token;
  }

  async create(manifest: Manifest): Promise<void> {
    await this.#send("POST", collectionPath(manifest), { body: manifest, expect: 201 });
  }

  /** Several at once: the store groups what waits into one transaction. */
  async createAll(manifests: Iterable<Manifest>): Promise<void> {
    const source = manifests[Symbol.iterator]();
    const worker = async () => {
      for (let next = source.next(); !next.done; next = source.next()) await this.create(next.value);
    };
    await Promise.all(Array.from({ length: 16 }, worker));
  }

  async mergePatch(manifest: Pick<Manifest, "kind" | "metadata">, patch: unknown): Promise<void> {
    const path = `${collectionPath(manifest)}/${manifest.metadata.name}`;
    await this.#send("PATCH", path, { body: patch, type: "application/merge-patch+json", expect: 200 });
  }

  async remove(manifest: Pick<Manifest, "kind" | "metadata">): Promise<void> {
    await this.#send("DELETE", `${collectionPath(manifest)}/${manifest.metadata.name}`, { expect: 200 });
  }

  /** A pairing link. */
  async createToken(application: string): Promise<string> {
    const path = "/v1/applications/tokens";
    const { url } = JSON.parse(await this.#post(path, { application })) as { readonly url: string };
    return url;
  }

  /** `hash`: lower-case hex SHA-256 of the certificate's DER. */
  async revoke(hash: string): Promise<void> {
    await this.#post("/v1/applications/certificates/revocations", {}, { hash });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#pool.close();
  }

  async #post(path: string, more: Readonly<Record<string, string>>, content: unknown = {}): Promise<string> {
    const { statusCode, body } = await this.#pool.request({
      method: "POST",
      path,
      headers: { authorization: `Bearer ${this.#token}`, "content-type": "application/json", ...more },
      body: JSON.stringify(content),
    });
    const answer = await body.text();
    if (statusCode !== 201) throw new Error(`POST ${path} answered ${statusCode}`);
    return answer;
  }

  async #send(
    method: "POST" | "PATCH" | "DELETE",
    path: string,
    request: { readonly body?: unknown; readonly type?: string; readonly expect: number },
  ): Promise<void> {
    const { statusCode, body } = await this.#pool.request({
      method,
      path,
      headers: {
        authorization: `Bearer ${this.#token}`,
        "content-type": request.type ?? "application/json",
      },
      body: request.body === undefined ? null : JSON.stringify(request.body),
    });
    const text = await body.text();
    if (statusCode !== request.expect) throw new Error(`${method} ${path} answered ${statusCode}: ${text}`);
  }
}

function collectionPath({ kind, metadata }: Pick<Manifest, "kind" | "metadata">): string {
  return kind === "Application"
    ? "/apis/applicationconnector.kyma-project.io/v1alpha1/applications"
    : `/api/v1/namespaces/${metadata.namespace}/secrets`;
}
