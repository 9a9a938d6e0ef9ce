import { serviceSegment } from "../core/names.ts";
import { resourceName } from "./resource-names.ts";
import {
  accessServiceAddress,
  addressUrl,
  gatewayAddress,
  type GatewayAddress,
} from "./specification/gateway-address.ts";

export interface Addressing {
  readonly compat: "1x" | "2x";
  /** Base URL by which workloads call the gateway (amendment A2). */
  readonly gatewayUrl: string;
  /** Where Secrets and Access Services stand (amendment A1). */
  readonly credentialsNamespace: string;
}

export interface AddressedService {
  readonly application: string;
  readonly id: string;
  readonly displayName: string;
}

/** Where workloads call the API of a service. */
export interface ServiceAddresses {
  readonly gatewayUrl: string;
  /** undefined in 1.x, which had no central gateway. */
  readonly centralGatewayUrl: string | undefined;
  /** `gatewayUrl` in its parts, for specifications. */
  readonly address: GatewayAddress;
}

/**
 * In 1.x an API is called by its Access Service. In 2.x everything goes through one gateway, where no pod is
 * behind an Access Service: both addresses are the gateway's (amendment A2).
 */
export function serviceAddresses(service: AddressedService, addressing: Addressing): ServiceAddresses {
  const { application, id } = service;
  if (addressing.compat === "1x") {
    const address = accessServiceAddress(resourceName(application, id), addressing.credentialsNamespace);
    return { gatewayUrl: addressUrl(address), centralGatewayUrl: undefined, address };
  }
  const address = gatewayAddress(addressing.gatewayUrl, application, serviceSegment(service));
  const url = addressUrl(address);
  return { gatewayUrl: url, centralGatewayUrl: url, address };
}
