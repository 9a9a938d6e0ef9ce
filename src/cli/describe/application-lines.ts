import type { Application, ApplicationEntry, ApplicationService } from "../../core/resources/application.ts";
import { entryCredentials } from "../../core/resources/entry-credentials.ts";
import type { Line } from "../output/sections.ts";
import type { Describing } from "./describe-object.ts";
import { KnownServices, type KnownApi, type KnownProblem } from "./known-services.ts";
import { settingLines } from "./setting-lines.ts";

/** The reason for which someone turned TLS verification off. */
const SKIP_VERIFY_BECAUSE = "appconn.dev/skip-verify-because";

/** What is special about an Application: its system, its APIs, how they are called and what is wrong. */
export async function applicationLines(
  application: Application,
  describing: Describing,
): Promise<readonly Line[]> {
  const { spec, metadata } = application;
  const { server, givenUrls } = describing;
  const known = await KnownServices.ask(server.client, metadata.name, givenUrls);
  const context = { application, known, namespace: describing.credentialsNamespace };
  const services = (spec?.services ?? []).map((service, index) => serviceLine(service, index, context));
  return [
    ...given("Display name", spec?.displayName),
    ...given("Provider", spec?.providerDisplayName),
    ...given("Description", spec?.description),
    { label: "TLS verification", value: verification(application) },
    { label: "URLs", value: spec?.encodeUrl === false ? "passed on byte for byte" : "encoded" },
    ...given("Status", application.status?.installationStatus?.status),
    ...conditionLines(application),
    ...problemLines(known?.problems ?? []),
    ...given("Calls", known ? undefined : UNKNOWN),
    services.length > 0 ? { label: "Services", inner: services } : { label: "Services", value: "<none>" },
  ];
}

const UNKNOWN =
  "how and whether they work is told by a server with a gateway, to those who may read the Application";

interface ServiceContext {
  readonly application: Application;
  readonly known: KnownServices | undefined;
  /** Of the Secrets that Applications refer to. */
  readonly namespace: string;
}

function serviceLine(service: ApplicationService, index: number, context: ServiceContext): Line {
  const inner: Line[] = [...given("Id", service.id), ...given("Description", service.description)];
  const apis = [...(context.known?.apisOf(service, index) ?? [])];
  for (const entry of service.entries) {
    const name = entry.name ? ` ${entry.name}` : "";
    const api = entry.type === "API" ? apis.shift() : undefined;
    inner.push({ label: `${entry.type}${name}`, inner: entryLines(entry, service, { ...context, api }) });
  }
  return { label: service.displayName, inner };
}

interface EntryContext extends ServiceContext {
  readonly api: KnownApi | undefined;
}

function entryLines(
  entry: ApplicationEntry,
  service: ApplicationService,
  { application, api, namespace }: EntryContext,
): readonly Line[] {
  const { requestParametersSecretName: parameters } = entry;
  const isApi = entry.type === "API";
  const secret = (name: string | undefined) => (name ? `Secret ${namespace}/${name}` : "no Secret named");
  const credentials = entryCredentials(entry);
  const credentialText = credentials?.type
    ? `${credentials.type}, ${secret(credentials.secretName)}`
    : "none";
  return [
    ...(api?.urls ?? []).map((value) => ({ label: "Call", value })),
    ...problemLines(api?.problems ?? []),
    ...given("Target", entry.targetUrl && withoutUser(entry.targetUrl)),
    ...(isApi ? [{ label: "Credentials", value: credentialText }] : []),
    ...given("Token from", credentials?.authenticationUrl && withoutUser(credentials.authenticationUrl)),
    ...given("CSRF token from", credentials?.csrfInfo && withoutUser(credentials.csrfInfo.tokenEndpointURL)),
    ...(parameters ? [{ label: "Request parameters", value: secret(parameters) }] : []),
    ...(isApi ? settingLines(application, service, entry) : []),
  ];
}

function problemLines(problems: readonly KnownProblem[]): readonly Line[] {
  return problems.map(({ isError, reason, message, remedy }) => ({
    label: isError ? "Cannot be called" : "Warning",
    value: `${reason}: ${message}. ${remedy}`,
  }));
}

function verification({ spec, metadata }: Application): string {
  if (spec?.skipVerify !== true) return "on";
  const because = metadata.annotations?.[SKIP_VERIFY_BECAUSE];
  return `OFF for all calls (${because ? `because: ${because}` : `no reason in annotation ${SKIP_VERIFY_BECAUSE}`})`;
}

function conditionLines({ status }: Application): readonly Line[] {
  return (status?.conditions ?? []).map(({ type, status: state, reason, message }) => ({
    label: type,
    value: `${state} (${reason}) ${message}`.trim(),
  }));
}

function given(label: string, value: string | undefined): readonly Line[] {
  return value ? [{ label, value }] : [];
}

/** A user name and password within a URL are credentials like any other. */
function withoutUser(url: string): string {
  return url.replace(/\/\/[^/@]*@/, "//…@");
}
