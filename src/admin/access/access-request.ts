import { isPlainObject } from "../../core/plain-object.ts";
import type { Cause } from "../../core/resources/kind.ts";
import { subdomainProblems } from "../../core/resources/name-rules.ts";
import type { AccessRole } from "../../stores/access-records.ts";
import { AdminFailure } from "../admin-failure.ts";
import type { NewAccess } from "../identity/access-tokens.ts";
import { ADMIN_USER } from "../identity/root-caller.ts";

const ROLES: readonly AccessRole[] = ["admin", "editor", "viewer"];

/** Seconds: ten years. */
const LONGEST = 315_360_000;

/** More names would be a role, not a limit. */
const MOST_APPLICATIONS = 100;

type WantedAccess = Pick<NewAccess, "name" | "role" | "applications" | "expiresAt">;

/**
 * The body of a POST of an access token, and what stands in it more than once: who reads `viewer` first must not be given
 * the admin that comes after. 422 with everything that is wrong with it. `now` in milliseconds.
 */
export function readAccessRequest(body: unknown, duplicates: readonly string[], now: number): WantedAccess {
  const { name, role, applications, expiresInSeconds, ...others } = isPlainObject(body) ? body : {};
  const causes = [
    ...nameCauses(name),
    ...roleCauses(role, applications),
    ...applicationCauses(applications),
    ...secondsCauses(expiresInSeconds),
    ...Object.keys(others).map((field) => invalid(field, "unknown field")),
    ...duplicates.map((field) => invalid(field, "duplicate field")),
  ];
  const [first] = causes;
  if (first) {
    const text = causes.map(({ field, message }) => `${field}: ${message}`).join(", ");
    const shown = typeof name === "string" ? name : "";
    throw new AdminFailure("ADMIN_INVALID", ["AccessToken", shown, text], {
      ...(shown && { name: shown }),
      kind: "AccessToken",
      causes,
    });
  }
  const names = applications as readonly string[] | undefined;
  return {
    name: name as string,
    role: role as AccessRole,
    applications: names && [...new Set(names)].toSorted(),
    expiresAt: expiresInSeconds === undefined ? undefined : now + (expiresInSeconds as number) * 1000,
  };
}

function nameCauses(name: unknown): Cause[] {
  if (typeof name !== "string" || name === "") return [required("name")];
  const [problem] = subdomainProblems(name);
  if (problem !== undefined) return [invalid("name", problem)];
  return name === ADMIN_USER ? [invalid("name", "the owner of the data directory has that name")] : [];
}

function roleCauses(role: unknown, applications: unknown): Cause[] {
  if (role === undefined) return [required("role")];
  if (!ROLES.some((one) => one === role)) {
    const message = `Unsupported value: supported values: ${ROLES.map((one) => `"${one}"`).join(", ")}`;
    return [{ reason: "FieldValueNotSupported", message, field: "role" }];
  }
  if (role !== "admin" || applications === undefined) return [];
  return [invalid("applications", "an admin cannot be limited to Applications")];
}

function applicationCauses(applications: unknown): Cause[] {
  if (applications === undefined) return [];
  if (!Array.isArray(applications) || applications.length === 0 || applications.length > MOST_APPLICATIONS) {
    return [invalid("applications", `must be a list of 1 to ${MOST_APPLICATIONS} names`)];
  }
  return applications.flatMap((name: unknown, index) => {
    const [problem] = typeof name === "string" ? subdomainProblems(name) : ["must be a name"];
    return problem === undefined ? [] : [invalid(`applications[${index}]`, problem)];
  });
}

function secondsCauses(seconds: unknown): Cause[] {
  if (seconds === undefined) return [];
  const isWhole = typeof seconds === "number" && Number.isInteger(seconds);
  if (isWhole && seconds >= 1 && seconds <= LONGEST) return [];
  return [invalid("expiresInSeconds", `must be a whole number from 1 to ${LONGEST}`)];
}

function required(field: string): Cause {
  return { reason: "FieldValueRequired", message: "Required value", field };
}

function invalid(field: string, problem: string): Cause {
  return { reason: "FieldValueInvalid", message: `Invalid value: ${problem}`, field };
}
