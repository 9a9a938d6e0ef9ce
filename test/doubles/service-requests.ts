import type { ApiRequest, ServiceRequest } from "../../src/registry/service-request.ts";

/** A request with nothing but what is required, and what a test says. */
export function serviceRequest(given: Partial<ServiceRequest> = {}): ServiceRequest {
  return {
    provider: "Acme",
    name: "Orders API",
    description: "All about orders",
    shortDescription: "",
    identifier: "",
    labels: undefined,
    api: undefined,
    events: undefined,
    documentation: undefined,
    ...given,
  };
}

export function apiRequest(given: Partial<ApiRequest> = {}): ApiRequest {
  return {
    targetUrl: "https://orders.acme.example/v2",
    spec: undefined,
    specificationUrl: "",
    apiType: "",
    requestParameters: undefined,
    credentials: undefined,
    specificationCredentials: undefined,
    specificationRequestParameters: undefined,
    ...given,
  };
}
