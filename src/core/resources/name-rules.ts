/**
 * The rules for names, keys and values that Kubernetes shares between all kinds, each giving the texts that
 * follow "Invalid value: …: " (admin-api spec §§7, 12). An empty list means that the value is good.
 */
const LABEL = "[a-z0-9]([-a-z0-9]*[a-z0-9])?";
const SUBDOMAIN = `${LABEL}(\\.${LABEL})*`;
const QUALIFIED = "([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]";
const LABEL_VALUE = `(${QUALIFIED})?`;
const CONFIG_KEY = "[-._a-zA-Z0-9]+";

function whole(pattern: string): RegExp {
  return new RegExp(`^(?:${pattern})$`);
}

const patterns = {
  label: whole(LABEL),
  subdomain: whole(SUBDOMAIN),
  qualified: whole(QUALIFIED),
  labelValue: whole(LABEL_VALUE),
  configKey: whole(CONFIG_KEY),
};

const ALPHANUMERIC = "alphanumeric characters, '-', '_' or '.'";
const ENDS = "must start and end with an alphanumeric character";

const qualifiedText = `must consist of ${ALPHANUMERIC}, and ${ENDS} (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '${QUALIFIED}')`;
const subdomainText = `a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and ${ENDS} (e.g. 'example.com', regex used for validation is '${SUBDOMAIN}')`;
const labelText = `a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and ${ENDS} (e.g. 'my-name',  or '123-abc', regex used for validation is '${LABEL}')`;
const labelValueText = `a valid label must be an empty string or consist of ${ALPHANUMERIC}, and ${ENDS} (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '${LABEL_VALUE}')`;
const configKeyText = `a valid config key must consist of ${ALPHANUMERIC} (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '${CONFIG_KEY}')`;

/** Names of most objects: RFC 1123 subdomain. */
export function subdomainProblems(name: string): string[] {
  const problems = name.length > 253 ? ["must be no more than 253 characters"] : [];
  if (!patterns.subdomain.test(name)) problems.push(subdomainText);
  return problems;
}

/** Names of namespaces: RFC 1123 label. */
export function labelNameProblems(name: string): string[] {
  const problems = name.length > 63 ? ["must be no more than 63 characters"] : [];
  if (patterns.label.test(name)) return problems;
  return [...problems, patterns.subdomain.test(name) ? "must not contain dots" : labelText];
}

/** Keys of labels and annotations, and finalizers: an optional DNS prefix, a slash, a name. */
export function qualifiedNameProblems(key: string): string[] {
  const parts = key.split("/");
  if (parts.length > 2) {
    return [
      `a valid label key ${qualifiedText} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')`,
    ];
  }
  const name = parts.at(-1) ?? "";
  const problems = parts.length === 2 ? prefixProblems(parts[0] ?? "") : [];
  if (name.length === 0) problems.push("name part must be non-empty");
  else if (name.length > 63) problems.push("name part must be no more than 63 bytes");
  if (!patterns.qualified.test(name)) problems.push(`name part ${qualifiedText}`);
  return problems;
}

function prefixProblems(prefix: string): string[] {
  if (prefix.length === 0) return ["prefix part must be non-empty"];
  return subdomainProblems(prefix).map((problem) => `prefix part ${problem}`);
}

export function labelValueProblems(value: string): string[] {
  const problems = value.length > 63 ? ["must be no more than 63 bytes"] : [];
  if (!patterns.labelValue.test(value)) problems.push(labelValueText);
  return problems;
}

/** Keys of the data of Secrets and ConfigMaps. */
export function dataKeyProblems(key: string): string[] {
  const problems = key.length > 253 ? ["must be no more than 253 characters"] : [];
  if (!patterns.configKey.test(key)) problems.push(configKeyText);
  else if (key === "." || key === "..") problems.push(`must not be '${key}'`);
  else if (key.startsWith("..")) problems.push("must not start with '..'");
  return problems;
}
