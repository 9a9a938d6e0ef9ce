import { systemClock, type Clock } from "../../../../src/core/clock.ts";
import {
  obtainSpecification,
  type FetchedApi,
} from "../../../../src/registry/specification/obtain-specification.ts";
import {
  specificationSettings,
  type SpecificationOptions,
} from "../../../../src/registry/specification/options.ts";
import type { FailedFetch } from "../../../../src/registry/specification/failed-fetch.ts";
import type { Specification } from "../../../../src/registry/specification/specification.ts";
import { SpecificationTokens } from "../../../../src/registry/specification/specification-tokens.ts";
import type { OwnListeners } from "../../../../src/outbound/own-listeners.ts";
import type { TestAuthority } from "../../../doubles/certificates.ts";
import { openOutbound } from "../../../doubles/outbound.ts";
import { defaultsOf } from "../../../doubles/setting-defaults.ts";

export interface OpenedSpecifications extends AsyncDisposable {
  fetch(api: Partial<FetchedApi>, signal?: AbortSignal): Promise<Specification | undefined | FailedFetch>;
  /** What comes of an API: the content as Latin-1 text, the text of the failure, or undefined. */
  obtain(api: Partial<FetchedApi>, signal?: AbortSignal): Promise<string | undefined>;
}

export interface OpenOptions extends Partial<SpecificationOptions> {
  readonly clock?: Clock;
  readonly authority?: TestAuthority;
  readonly deniedNetworks?: readonly string[];
  readonly own?: OwnListeners;
  /** The address of a host name; that of the system unless given. */
  readonly resolve?: (hostname: string) => string;
}

const never = new AbortController().signal;

/** Specifications over real connections. */
export async function openSpecifications(changes: OpenOptions = {}): Promise<OpenedSpecifications> {
  const { clock = systemClock, authority, deniedNetworks, own, resolve, ...options } = changes;
  const outbound = await openOutbound(authority, deniedNetworks, { own, resolve });
  const edge = {
    ...outbound,
    clock,
    tokens: new SpecificationTokens(clock),
    options: { ...defaultsOf(specificationSettings), ...options },
  };
  const fetch: OpenedSpecifications["fetch"] = (api, signal = never) =>
    obtainSpecification(anApi(api), { ...edge, signal });
  return {
    fetch,
    async obtain(api, signal) {
      const obtained = await fetch(api, signal);
      if (obtained === undefined) return undefined;
      return obtained.kind === "failed-fetch"
        ? obtained.text
        : Buffer.from(obtained.content).toString("latin1");
    },
    [Symbol.asyncDispose]: () => outbound[Symbol.asyncDispose](),
  };
}

/** An API that says nothing of its specification but what `changes` say. */
function anApi(changes: Partial<FetchedApi>): FetchedApi {
  return {
    spec: undefined,
    specificationUrl: "",
    targetUrl: "http://target.example",
    apiType: "",
    specificationCredentials: undefined,
    specificationRequestParameters: undefined,
    ...changes,
  };
}
