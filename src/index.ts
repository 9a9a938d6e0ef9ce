/** The public door of the package: the types of our resources, and the server to be embedded. */
export type { Application, ApplicationEntry, ApplicationService } from "./core/resources/application.ts";
export type { ConfigMap } from "./core/resources/config-map.ts";
export type { Namespace } from "./core/resources/namespace.ts";
export type { Secret } from "./core/resources/secret.ts";
export type { Service } from "./core/resources/service.ts";
export { openStore } from "./main/open-store.ts";
export { start } from "./main/start.ts";
export type { ServeOptions } from "./main/settings.ts";
