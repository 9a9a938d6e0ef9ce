import type { ListServices } from "../gateway/external-api/external-api.ts";
import { GatewayInternalApi } from "../gateway/inspection/gateway-internal-api.ts";
import { serviceList, type GatewayUrls } from "../gateway/inspection/service-list.ts";
import type { Foundation } from "./foundation.ts";
import type { InternalApi } from "./internal-apis.ts";
import { localUrl } from "./local-url.ts";
import type { ServedGateway } from "./served-gateway.ts";
import { watchFindings } from "./watch-findings.ts";

/** The gateway, as far as its Applications can be looked at. */
type InspectedGateway = Pick<ServedGateway, "inspection" | "checker" | "manualOrigin" | "compassOrigin">;

/** What 8081 tells of services; before there is a gateway, that there is none yet. */
export function serviceLister(
  { options }: Foundation,
  running: () => InspectedGateway | undefined,
): ListServices {
  return (name) => {
    const gateway = running();
    if (!gateway) return "unread";
    const application = gateway.inspection.find(name);
    return application && serviceList(application, urlsOf(gateway, options.registry.gatewayUrl));
  };
}

/**
 * Looks at Applications for as long as it is not disposed of, and answers questions about them below /v1 of the admin
 * API.
 */
export function inspectApplications(
  foundation: Foundation,
  gateway: InspectedGateway,
): InternalApi & AsyncDisposable {
  const { options, telemetry } = foundation;
  const { inspection, checker } = gateway;
  const watching = watchFindings(foundation, inspection);
  const { serves, handle } = new GatewayInternalApi({
    inspection,
    checker,
    urls: urlsOf(gateway, options.registry.gatewayUrl),
    surprised: (error) =>
      telemetry.log.error("a question about an Application met an unexpected error", { error }),
  });
  return { serves, handle, [Symbol.asyncDispose]: () => Promise.resolve(watching[Symbol.asyncDispose]()) };
}

/** `written`: the one setting for where workloads call the gateway, or empty (amendment A2). */
function urlsOf({ manualOrigin, compassOrigin }: InspectedGateway, written: string): GatewayUrls {
  return {
    gatewayUrl: written === "" ? localUrl(manualOrigin) : written.replace(/\/+$/, ""),
    compassUrl: localUrl(compassOrigin),
  };
}
