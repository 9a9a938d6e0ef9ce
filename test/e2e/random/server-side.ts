import { once } from "node:events";
import { request as plainRequest, type Agent as PlainAgent, type IncomingMessage } from "node:http";
import { request as tlsRequest, type Agent as TlsAgent } from "node:https";
import type { ComparedServer } from "../parity/send.ts";
import type { Body, Step } from "./random-step.ts";

export interface Object extends Body {
  readonly metadata: Readonly<Record<string, unknown>>;
}

/** What a server made of a step. */
export interface Outcome {
  readonly status: number;
  readonly reason: string;
  readonly message: string;
  readonly causes: readonly string[];
  /** As it is then; undefined where it is gone. */
  readonly object: Object | undefined;
  readonly isNewVersion: boolean;
}

export interface Place {
  /** Of the collection. */
  readonly path: string;
  readonly name: string;
  readonly apiVersion: string;
  readonly kind: string;
}

/** One of the two servers that do the same things, with what it holds of one object. */
export class ServerSide {
  readonly #server: ComparedServer;
  readonly #place: Place;
  readonly #agent: PlainAgent | TlsAgent;
  #object: Object | undefined;

  constructor(server: ComparedServer, agent: PlainAgent | TlsAgent, place: Place) {
    this.#server = server;
    this.#agent = agent;
    this.#place = place;
  }

  async take(step: Step): Promise<Outcome> {
    const { status, body } = await this.#send(step);
    const before = versionOf(this.#object);
    const object = await this.#now(step, status, body);
    this.#object = object;
    const refused = body["status"] === "Failure" && body["kind"] === "Status";
    const details = (refused ? body["details"] : undefined) as { causes?: Cause[] } | undefined;
    return {
      status,
      reason: refused ? textOf(body["reason"]) : "",
      message: refused ? textOf(body["message"]) : "",
      // A cluster looks at the metadata of a custom resource three times, and says all of it each time.
      causes: [...new Set((details?.causes ?? []).map(shownCause))].toSorted(),
      object: object && comparable(object),
      isNewVersion: versionOf(object) !== before,
    };
  }

  async #now(step: Step, status: number, body: Body): Promise<Object | undefined> {
    if (step.verb !== "delete" && status < 300) {
      const written = body as Object;
      const { deletionTimestamp, finalizers } = written.metadata;
      if (deletionTimestamp === undefined || finalizers !== undefined) return written;
    }
    const read = await this.#exchange("GET", this.#item(""), undefined);
    return read.status === 200 ? (read.body as Object) : undefined;
  }

  #send(step: Step): Promise<Answer> {
    const { path } = this.#place;
    const query = `?fieldManager=${step.manager}`;
    const status = "subresource" in step && step.subresource === "status" ? "/status" : "";
    switch (step.verb) {
      case "create":
        return this.#exchange("POST", path + query, this.#named(step.body));
      case "replace":
        return this.#exchange("PUT", this.#item(query), this.#replacing(step));
      case "merge":
      case "strategic":
        return this.#exchange("PATCH", this.#item(status + query), step.body, PATCHES[step.verb]);
      case "json":
        return this.#exchange("PATCH", this.#item(query), step.operations, PATCHES.json);
      case "apply":
        return this.#exchange(
          "PATCH",
          this.#item(`${status}${query}&force=${step.force}`),
          this.#named(step.body),
          PATCHES.apply,
        );
      case "delete":
        return this.#exchange("DELETE", this.#item(""), undefined);
    }
  }

  #item(rest: string): string {
    return `${this.#place.path}/${this.#place.name}${rest}`;
  }

  #named(body: Body): Body {
    const { apiVersion, kind, name } = this.#place;
    return { apiVersion, kind, ...body, metadata: { ...(body["metadata"] as object), name } };
  }

  #replacing({ body, entries, version }: Extract<Step, { verb: "replace" }>): Body {
    const { managedFields, resourceVersion, uid } = this.#object?.metadata ?? {};
    const named = this.#named(body);
    return {
      ...named,
      metadata: {
        ...(named["metadata"] as object),
        uid,
        ...(entries === "none" ? {} : { managedFields: entries === "emptied" ? [{}] : managedFields }),
        ...(version === "none" ? {} : { resourceVersion: version === "stale" ? "1" : resourceVersion }),
      },
    };
  }

  async #exchange(method: string, path: string, body: unknown, type = "application/json"): Promise<Answer> {
    const { origin, token } = this.#server;
    const isTls = origin.startsWith("https:");
    const sent = (isTls ? tlsRequest : plainRequest)(`${origin}${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, ...(body === undefined ? {} : { "content-type": type }) },
      rejectUnauthorized: false,
      agent: this.#agent,
    });
    sent.end(body === undefined ? undefined : JSON.stringify(body));
    const [response] = (await once(sent, "response")) as [IncomingMessage];
    let text = "";
    for await (const piece of response.setEncoding("utf8")) text += piece as string;
    return { status: response.statusCode ?? 0, body: JSON.parse(text) as Body };
  }
}

const PATCHES = {
  json: "application/json-patch+json",
  merge: "application/merge-patch+json",
  strategic: "application/strategic-merge-patch+json",
  apply: "application/apply-patch+yaml",
};

interface Answer {
  readonly status: number;
  readonly body: Body;
}

interface Cause {
  readonly reason?: string;
  readonly field?: string;
  readonly message?: string;
}

/** Without the whole object, which a cluster shows where a patch leads to none, and which of its parsers says so. */
function shownCause({ reason = "", field = "", message = "" }: Cause): string {
  if (field !== "patch") return `${reason} ${field}: ${message}`;
  const problem = message.replace(
    /^Invalid value: "(?:[^"\\]|\\.)*": (?:error decoding from json: )?/,
    "Invalid value: ",
  );
  return `${reason} ${field}: ${problem}`;
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}

function versionOf(object: Object | undefined): unknown {
  return object?.metadata["resourceVersion"];
}

/** Without what is each server's own: names, versions and times. */
function comparable({ metadata, ...rest }: Object): Object {
  const { uid: _uid, resourceVersion: _version, creationTimestamp: _time, ...kept } = metadata;
  const { deletionTimestamp, managedFields, ...others } = kept;
  const entries = (managedFields ?? []) as readonly Body[];
  // Where a kind has /status, a cluster counts a status that it then leaves out as a change.
  const countsIgnored = rest["kind"] === "Subscription";
  return {
    ...rest,
    metadata: {
      ...others,
      ...(deletionTimestamp === undefined ? {} : { deletionTimestamp: "a time" }),
      managedFields: entries
        .map(({ time, ...entry }) => (countsIgnored ? entry : { ...entry, isTimed: time !== undefined }))
        .toSorted((left, right) => (keyOf(left) < keyOf(right) ? -1 : 1)),
    },
  };
}

function keyOf({ operation, manager, apiVersion, subresource }: Body): string {
  return JSON.stringify([operation, manager, apiVersion, subresource]);
}
