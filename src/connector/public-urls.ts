import type { ConnectorOptions } from "./options.ts";
import type { PairingContext } from "./pairing-context.ts";

/** Where clients reach this installation: `gateway.localhost:8443`. */
export interface PublicHosts {
  readonly connectorService: string;
  readonly gateway: string;
}

export interface PublicUrlsOptions {
  readonly options: ConnectorOptions;
  /** Of the ingress, which may learn its ports after this was made. */
  readonly hosts: () => PublicHosts;
  /** Asks for the base of an Application's gateway URLs, in place of `gatewayBaseURL`. */
  readonly lookUp: ((context: PairingContext) => Promise<string>) | undefined;
}

/** An Application's addresses behind the ingress; none of them for a runtime. */
export interface GatewayUrls {
  readonly eventsInfoUrl?: string;
  readonly eventsUrl?: string;
  readonly metadataUrl?: string;
}

/** All URLs that clients are told, in the order of their members (connector spec §§5–7). */
export class PublicUrls {
  readonly #options: PublicUrlsOptions;

  constructor(options: PublicUrlsOptions) {
    this.#options = options;
  }

  /** The token stands in it as it is: it is safe in a URL. */
  pairingLink(context: PairingContext, token: string): string {
    return `${this.#pairing(context)}/signingRequests/info?token=${token}`;
  }

  certificatesUrl(context: PairingContext): string {
    return `${this.#pairing(context)}/certificates`;
  }

  infoUrl(context: PairingContext): string {
    const { appsInfoURL, runtimesInfoURL } = this.#options.options;
    const configured = context.purpose === "runtime" ? runtimesInfoURL : appsInfoURL;
    return configured === "" ? `${this.#protected(context)}/management/info` : configured;
  }

  renewCertUrl(context: PairingContext): string {
    return `${this.#protected(context)}/certificates/renewals`;
  }

  revokeCertUrl(context: PairingContext): string {
    return `${this.#protected(context)}/certificates/revocations`;
  }

  /** CONNECTOR_LOOKUP_FAILED where it must be asked for and there is no answer. */
  async gatewayUrls(context: PairingContext): Promise<GatewayUrls> {
    if (context.purpose === "runtime") return {};
    const base = await this.#gatewayBase(context);
    if (base === "") return { eventsInfoUrl: "", eventsUrl: "", metadataUrl: "" };
    const url = `${base.replace(/\/+$/, "")}/${encodeURIComponent(context.application)}/v1`;
    return {
      eventsInfoUrl: `${url}/events/subscribed`,
      eventsUrl: `${url}/events`,
      metadataUrl: `${url}/metadata/services`,
    };
  }

  async #gatewayBase(context: PairingContext): Promise<string> {
    const { lookUp, options } = this.#options;
    if (lookUp) return lookUp(context);
    return options.gatewayBaseURL === "auto" ? `https://${this.#protectedHost}` : options.gatewayBaseURL;
  }

  #pairing(context: PairingContext): string {
    const { options, hosts } = this.#options;
    return `https://${options.connectorServiceHost || hosts().connectorService}/v1/${pathOf(context)}`;
  }

  #protected(context: PairingContext): string {
    return `https://${this.#protectedHost}/v1/${pathOf(context)}`;
  }

  get #protectedHost(): string {
    const { options, hosts } = this.#options;
    return options.certificateProtectedHost || hosts().gateway;
  }
}

function pathOf({ purpose }: PairingContext): string {
  return purpose === "runtime" ? "runtimes" : "applications";
}
