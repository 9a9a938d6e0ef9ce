import type { Application, ApplicationEntry, ApplicationService } from "../../core/resources/application.ts";
import { entryCredentials } from "../../core/resources/entry-credentials.ts";
import type { Line } from "../output/sections.ts";
import { callsOf, type ApiCall } from "./api-calls.ts";
import type { Describing } from "./describe-object.ts";
import { secretState } from "./secret-state.ts";
import { settingLines } from "./setting-lines.ts";

/** The reason for which someone turned TLS verification off. */
const SKIP_VERIFY_BECAUSE = "appconn.dev/skip-verify-because";

/** What is special about an Application: its system, its APIs and how they are called. */
export async function applicationLines(
  application: Application,
  describing: Describing,
): Promise<readonly Line[]> {
  const { spec } = application;
  const services: Line[] = [];
  const calls = callsOf(application, describing);
  for (const service of spec?.services ?? []) {
    services.push(await serviceLine(service, { application, calls, describing }));
  }
  return [
    ...given("Display name", spec?.displayName),
    ...given("Provider", spec?.providerDisplayName),
    ...given("Description", spec?.description),
    { label: "TLS verification", value: verification(application) },
    { label: "URLs", value: spec?.encodeUrl === false ? "passed on byte for byte" : "encoded" },
    ...given("Status", application.status?.installationStatus?.status),
    ...conditionLines(application),
    services.length > 0 ? { label: "Services", inner: services } : { label: "Services", value: "<none>" },
  ];
}

interface ServiceContext {
  readonly application: Application;
  readonly calls: ReadonlyMap<ApplicationEntry, ApiCall>;
  readonly describing: Describing;
}

async function serviceLine(service: ApplicationService, context: ServiceContext): Promise<Line> {
  const inner: Line[] = [...given("Id", service.id), ...given("Description", service.description)];
  for (const entry of service.entries) {
    const name = entry.name ? ` ${entry.name}` : "";
    inner.push({ label: `${entry.type}${name}`, inner: await entryLines(entry, service, context) });
  }
  return { label: service.displayName, inner };
}

async function entryLines(
  entry: ApplicationEntry,
  service: ApplicationService,
  { application, calls, describing }: ServiceContext,
): Promise<readonly Line[]> {
  const call = calls.get(entry);
  const { client } = describing.server;
  const state = async (name: string): Promise<string> =>
    await secretState(client, describing.credentialsNamespace, name);
  const { requestParametersSecretName: parameters } = entry;
  const credentials = entryCredentials(entry);
  const credentialText = credentials?.type
    ? `${credentials.type}, ${credentials.secretName ? await state(credentials.secretName) : "no Secret named"}`
    : "none";
  return [
    ...(call?.urls ?? []).map((value) => ({ label: "Call", value })),
    ...given("Cannot be called", call?.problem),
    ...given("Target", entry.targetUrl && withoutUser(entry.targetUrl)),
    ...(call ? [{ label: "Credentials", value: credentialText }] : []),
    ...given("Token from", credentials?.authenticationUrl && withoutUser(credentials.authenticationUrl)),
    ...given("CSRF token from", credentials?.csrfInfo && withoutUser(credentials.csrfInfo.tokenEndpointURL)),
    ...(parameters ? [{ label: "Request parameters", value: await state(parameters) }] : []),
    ...(call ? settingLines(application, service, entry) : []),
  ];
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
