import { adminSettings } from "../admin/options.ts";
import { connectorSettings } from "../connector/options.ts";
import { dataDirectorySetting } from "../config/data-directory.ts";
import type { Environment } from "../config/read-environment.ts";
import type { Resolved } from "../config/setting.ts";
import { documentsSettings } from "../documents/options.ts";
import { externalApiSettings } from "../gateway/external-api/options.ts";
import { gatewaySettings } from "../gateway/options.ts";
import { ingressSettings } from "../ingress/options.ts";
import { operatorSettings } from "../operator/options.ts";
import { outboundSettings } from "../outbound/options.ts";
import { registrySettings } from "../registry/options.ts";
import { s3Settings } from "../stores/s3/options.ts";
import { telemetrySettings } from "../telemetry/options.ts";
import { validatorSettings } from "../validator/options.ts";
import { componentsSetting } from "./components.ts";
import { workersSetting } from "./workers/worker-options.ts";

/** The settings of all components, in the order of the reference. */
export function settings(environment: Environment) {
  return {
    dataDir: dataDirectorySetting(environment),
    components: componentsSetting,
    workers: workersSetting,
    gateway: { ...gatewaySettings, externalApi: externalApiSettings },
    outbound: outboundSettings,
    ingress: ingressSettings,
    connector: connectorSettings,
    validator: validatorSettings,
    registry: registrySettings,
    documents: { ...documentsSettings, s3: s3Settings },
    operator: operatorSettings,
    admin: adminSettings,
    telemetry: telemetrySettings,
  };
}

export type Settings = ReturnType<typeof settings>;

export type ServeOptions = Resolved<Settings>;
