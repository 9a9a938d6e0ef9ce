import { systemClock, type Clock } from "../../../../src/core/clock.ts";
import type { FetchedApi } from "../../../../src/registry/specification/obtain-specification.ts";
import {
  specificationSettings,
  type SpecificationOptions,
} from "../../../../src/registry/specification/options.ts";
import { Specifications } from "../../../../src/registry/specification/specifications.ts";
import type { TestAuthority } from "../../../doubles/certificates.ts";
import { openOutbound } from "../../../doubles/outbound.ts";
import { defaultsOf } from "../../../doubles/setting-defaults.ts";

export interface OpenedSpecifications extends AsyncDisposable {
  readonly specifications: Specifications;
  /** What comes of an API: the content as Latin-1 text, the text of the failure, or undefined. */
  obtain(api: Partial<FetchedApi>, signal?: AbortSignal): Promise<string | undefined>;
}

export interface OpenOptions extends Partial<SpecificationOptions> {
  readonly clock?: Clock;
  readonly authority?: TestAuthority;
  readonly deniedNetworks?: readonly string[];
}

const never = new AbortController().signal;

/** Specifications over real connections. */
export async function openSpecifications(changes: OpenOptions = {}): Promise<OpenedSpecifications> {
  const { clock = systemClock, authority, deniedNetworks, ...options } = changes;
  const outbound = await openOutbound(authority, deniedNetworks);
  const specifications = new Specifications({
    ...outbound,
    clock,
    options: { ...defaultsOf(specificationSettings), ...options },
  });
  return {
    specifications,
    async obtain(api, signal = never) {
      const obtained = await specifications.obtain(anApi(api), signal);
      if (obtained === undefined) return undefined;
      return obtained.kind === "failed-fetch"
        ? obtained.text
        : Buffer.from(obtained.content).toString("latin1");
    },
    async [Symbol.asyncDispose]() {
      await specifications.close();
      await outbound[Symbol.asyncDispose]();
    },
  };
}

/** An API that says nothing of its specification but what `changes` say. */
export function anApi(changes: Partial<FetchedApi> = {}): FetchedApi {
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
