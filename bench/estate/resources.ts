import { basicPassword, basicUser, parameterHeader, parameterQuery } from "../credentials.ts";

/** The Kubernetes-shaped objects that the gateway under test is given. */
export interface Manifest {
  readonly apiVersion: string;
  readonly kind: "Application" | "Secret";
  readonly metadata: { readonly name: string; readonly namespace?: string };
  readonly spec?: unknown;
  readonly stringData?: Readonly<Record<string, string>>;
}

const NAMESPACE = "kyma-system";

export interface ApiShape {
  readonly name: string;
  /** Display names of its services. */
  readonly services?: readonly string[];
  readonly targetUrl: string;
  readonly encodeUrl?: boolean;
  readonly requestParametersSecretName?: string;
  readonly credentials?: {
    readonly type: string;
    readonly secretName: string;
    readonly authenticationUrl?: string;
  };
}

export function application(shape: ApiShape): Manifest {
  const { name, services = ["api"], encodeUrl, ...entry } = shape;
  return {
    apiVersion: "applicationconnector.kyma-project.io/v1alpha1",
    kind: "Application",
    metadata: { name },
    spec: {
      ...(encodeUrl === undefined ? {} : { encodeUrl }),
      services: services.map((displayName) => ({
        id: `${name}-${displayName}`,
        name: displayName,
        displayName,
        providerDisplayName: "Bench",
        description: "an API of the benchmark",
        entries: [{ type: "API", name: "rest", ...entry }],
      })),
    },
  };
}

export function secret(name: string, stringData: Readonly<Record<string, string>>): Manifest {
  return { apiVersion: "v1", kind: "Secret", metadata: { name, namespace: NAMESPACE }, stringData };
}

export const basicSecret = secret("bench-basic", { username: basicUser, password: basicPassword });
export const basicCredentials = { type: "Basic", secretName: "bench-basic" } as const;

export interface Targets {
  readonly targetPort: number;
  readonly sinkPort: number;
  readonly tokenUrl: string;
}

/** One Application for each small case. */
export function smallEstate({ targetPort, sinkPort, tokenUrl }: Targets): Manifest[] {
  const targetUrl = `http://127.0.0.1:${targetPort}`;
  const oauth = { type: "OAuth", secretName: "bench-oauth", authenticationUrl: tokenUrl };
  const parameters = {
    headers: JSON.stringify({ [parameterHeader.name]: [parameterHeader.value] }),
    queryParameters: JSON.stringify({ [parameterQuery.name]: [parameterQuery.value] }),
  };
  return [
    basicSecret,
    secret("bench-oauth", { clientId: "bench", clientSecret: "bench-client-secret" }),
    secret("bench-parameters", parameters),
    application({ name: "plain", targetUrl }),
    application({ name: "basic", targetUrl, credentials: basicCredentials }),
    application({ name: "oauth", targetUrl, credentials: oauth }),
    application({ name: "parameters", targetUrl, requestParametersSecretName: "bench-parameters" }),
    application({ name: "raw", targetUrl, encodeUrl: false, credentials: basicCredentials }),
    application({ name: "sink", targetUrl: `http://127.0.0.1:${sinkPort}`, credentials: basicCredentials }),
  ];
}

/** `applications` × `services` APIs behind one Secret. */
export function* largeEstate(
  targetPort: number,
  size: { readonly applications: number; readonly services: number },
): Generator<Manifest> {
  const targetUrl = `http://127.0.0.1:${targetPort}`;
  const services = Array.from({ length: size.services }, (_, index) => `api-${index}`);
  yield basicSecret;
  for (let index = 0; index < size.applications; index++) {
    yield application({ name: `estate-${index}`, services, targetUrl, credentials: basicCredentials });
  }
}
