import type { ComparedRequest } from "./compared-request.ts";
import { APPLICATIONS, SECRETS, SHOP } from "./places.ts";

const as = (kind: string, version = "v1", group = "meta.k8s.io") =>
  `application/json;as=${kind};v=${version};g=${group}`;

const accepts = [
  "",
  "*/*",
  "application/*",
  "application/json",
  "application/json; charset=utf-8",
  "application/yaml",
  "text/html, application/yaml",
  "text/html,*/*;q=0.1",
  "application/yaml;q=0.5, application/json",
  "application/json;q=0, application/yaml",
  "text/html",
  "application/xml",
  "application/json;stream=watch",
  as("Table"),
  as("Table", "v1beta1"),
  as("Table").replace("json", "yaml"),
  as("Table", "v2"),
  as("Table", "v1", "other.k8s.io"),
  as("PartialObjectMetadata"),
  as("PartialObjectMetadataList"),
  as("PartialObjectMetadata", "v1beta1"),
  as("PartialObjectMetadataList", "v1beta1"),
  as("Nope"),
  `${as("Nope")},application/json`,
  `${as("Table")},${as("Table", "v1beta1")},application/json`,
];

const notAcceptable = {
  answer: { status: 406, reason: "NotAcceptable", message: "" },
  why: "the caller erred, not the server",
};

const json = (kind: string) => ({
  answer: { status: 200, reason: kind, about: "" },
  why: "JSON is an application type; only core kinds of a cluster do not say so",
});

/** Every form of `Accept` at an object, a list, a core kind and a create (admin-api spec §6). */
export const acceptedTypes: readonly ComparedRequest[] = accepts.flatMap((accept): ComparedRequest[] => {
  const headers = { accept };
  const anyApplication = accept === "application/*";
  const listOfOne = accept.includes("PartialObjectMetadataList");
  return [
    { path: SHOP, headers, ...(listOfOne ? { ours: notAcceptable } : {}) },
    { path: APPLICATIONS, headers },
    { path: `${SECRETS}/s`, headers, ...(anyApplication ? { ours: json("Secret") } : {}) },
    { path: SECRETS, headers, ...(anyApplication ? { ours: json("SecretList") } : {}) },
  ];
});
