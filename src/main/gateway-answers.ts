import type { ListServices } from "../gateway/external-api/external-api.ts";
import { InternalApi } from "../gateway/internal-api.ts";
import { serviceList, type GatewayUrls } from "../gateway/service-list.ts";
import type { Gateway } from "../gateway/start.ts";
import type { Foundation } from "./foundation.ts";
import { localUrl } from "./local-url.ts";

/** What 8081 tells of services; before there is a gateway, that there is none yet. */
export function serviceLister({ options }: Foundation, running: () => Gateway | undefined): ListServices {
  return (name) => {
    const gateway = running();
    if (!gateway) return "unread";
    const application = gateway.inspection.find(name);
    return application && serviceList(application, urlsOf(gateway, options.registry.gatewayUrl));
  };
}

/** What the gateway answers below /v1 of the admin API. */
export function gatewayAnswers({ options, telemetry }: Foundation, gateway: Gateway): InternalApi {
  const { inspection, checker } = gateway;
  return new InternalApi({
    inspection,
    checker,
    urls: urlsOf(gateway, options.registry.gatewayUrl),
    surprised: (error) =>
      telemetry.log.error("a question about an Application met an unexpected error", { error }),
  });
}

/** `written`: the one setting for where workloads call the gateway, or empty (amendment A2). */
function urlsOf({ manualOrigin, compassOrigin }: Gateway, written: string): GatewayUrls {
  return {
    gatewayUrl: written === "" ? localUrl(manualOrigin) : written.replace(/\/+$/, ""),
    compassUrl: localUrl(compassOrigin),
  };
}
