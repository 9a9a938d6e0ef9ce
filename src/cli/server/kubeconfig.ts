import { dirname, resolve } from "node:path";
import { parseDocument } from "yaml";
import { isPlainObject, type PlainObject } from "../../core/plain-object.ts";
import { CommandError } from "../command-error.ts";
import { objectAt, objectsAt, textAt } from "../json-fields.ts";
import type { Connection, ConnectionTls, ProductHints } from "./connection.ts";

export interface KubeconfigFile {
  readonly path: string;
  readonly text: string;
}

export interface KubeconfigReading {
  /** Instead of `current-context`. */
  readonly context?: string;
  /** Reads what a kubeconfig refers to: certificates, keys, token files. */
  readonly readFile: (path: string) => string;
}

/** A named item of one of the files, with the folder that its relative paths start from. */
interface Item {
  readonly value: PlainObject;
  readonly folder: string;
}

/**
 * The connection of one context in kubectl's own format. Several files are merged as kubectl merges them:
 * the first to name a thing wins.
 */
export function readKubeconfig(files: readonly KubeconfigFile[], reading: KubeconfigReading): Connection {
  const source = files.map(({ path }) => path).join(":");
  const parsed = files.map((file) => ({ ...file, content: parse(file) }));
  const find = (list: string, field: string, name: string): Item | undefined => {
    for (const { path, content } of parsed) {
      const item = objectsAt(content, list).find((candidate) => candidate["name"] === name);
      const value = objectAt(item, field);
      if (value) return { value, folder: dirname(path) };
    }
    return undefined;
  };
  const fault = (text: string): CommandError => new CommandError(`kubeconfig ${source}: ${text}`);

  const current = parsed
    .map(({ content }) => textAt(content, "current-context"))
    .find((name) => name !== undefined);
  const name = reading.context ?? current;
  if (!name) throw fault("names no current-context: choose one with --context");
  const context = find("contexts", "context", name)?.value;
  if (!context) throw fault(`has no context "${name}"`);
  const cluster = find("clusters", "cluster", textAt(context, "cluster") ?? "");
  if (!cluster) throw fault(`context "${name}" names no cluster that is there`);
  const user = find("users", "user", textAt(context, "user") ?? "");
  refuseUnsupported(cluster, user, fault);
  const server = textAt(cluster.value, "server");
  if (!server || !URL.canParse(server)) throw fault(`the cluster of context "${name}" has no server URL`);
  const read = fileReader(reading.readFile, fault);
  const authorization = authorizationOf(user, read);
  if (authorization && isExposed(server)) {
    throw fault(`its credentials would cross the network in the clear to ${server}: use https`);
  }
  return {
    server: server.replace(/\/+$/, ""),
    source,
    namespace: textAt(context, "namespace") || "default",
    tls: tlsOf(cluster, user, read),
    ...authorization,
    product: productHints(cluster.value),
  };
}

function isExposed(server: string): boolean {
  const { protocol, hostname } = new URL(server);
  const isLoopback = /^(localhost|.*\.localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(hostname);
  return protocol !== "https:" && !isLoopback;
}

type ReadReferred = (item: Item | undefined, field: string) => string | undefined;

/** Reads `field-data` (base64), else the file that `field` names, relative to the kubeconfig's folder. */
function fileReader(readFile: (path: string) => string, fault: (text: string) => CommandError): ReadReferred {
  return (item, field) => {
    if (!item) return undefined;
    const data = textAt(item.value, `${field}-data`);
    if (data) return Buffer.from(data, "base64").toString("utf8");
    const path = textAt(item.value, field);
    if (!path) return undefined;
    try {
      return readFile(resolve(item.folder, path));
    } catch (error) {
      throw new CommandError(fault(`${field} ${path} cannot be read`).message, { cause: error });
    }
  };
}

function tlsOf(cluster: Item, user: Item | undefined, read: ReadReferred): ConnectionTls {
  const ca = read(cluster, "certificate-authority");
  const certificate = read(user, "client-certificate");
  const key = read(user, "client-key");
  const serverName = textAt(cluster.value, "tls-server-name");
  return {
    verify: cluster.value["insecure-skip-tls-verify"] !== true,
    ...(ca === undefined ? {} : { ca }),
    ...(certificate === undefined ? {} : { certificate }),
    ...(key === undefined ? {} : { key }),
    ...(serverName === undefined ? {} : { serverName }),
  };
}

function authorizationOf(
  user: Item | undefined,
  read: ReadReferred,
): Pick<Connection, "authorization"> | undefined {
  if (!user) return undefined;
  const token = read(user, "tokenFile")?.trim() ?? textAt(user.value, "token");
  if (token) return { authorization: `Bearer ${token}` };
  const name = textAt(user.value, "username");
  const password = textAt(user.value, "password") ?? "";
  return name === undefined
    ? undefined
    : { authorization: `Basic ${Buffer.from(`${name}:${password}`).toString("base64")}` };
}

/** Left out silently, each of these would send a request that the file does not mean. */
function refuseUnsupported(
  cluster: Item,
  user: Item | undefined,
  fault: (text: string) => CommandError,
): void {
  for (const field of ["exec", "auth-provider"]) {
    if (user?.value[field] !== undefined) throw fault(`logs in by "${field}", which needs kubectl`);
  }
  if (textAt(cluster.value, "proxy-url")) throw fault('has a "proxy-url", which needs kubectl');
}

function productHints(cluster: PlainObject): ProductHints {
  const extension = objectsAt(cluster, "extensions").find(({ name }) => name === "appconn.dev");
  const hints = objectAt(extension, "extension");
  const pick = (field: keyof ProductHints): ProductHints => {
    const text = textAt(hints, field);
    return text === undefined ? {} : { [field]: text };
  };
  return { ...pick("gatewayUrl"), ...pick("compassUrl"), ...pick("credentialsNamespace") };
}

function parse({ path, text }: KubeconfigFile): PlainObject {
  const document = parseDocument(text, { prettyErrors: false });
  const content: unknown = document.errors.length > 0 ? undefined : document.toJS();
  // The parser's message may quote the line with the token.
  if (!isPlainObject(content)) {
    throw new CommandError(
      `error: kubeconfig ${path} is not a YAML map: name the file that \`appconn serve\` wrote into its data directory`,
    );
  }
  return content;
}
