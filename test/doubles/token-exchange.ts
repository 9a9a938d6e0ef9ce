import type { Answering } from "./target.ts";

/** A token endpoint that exchanges `subject` for `for-subject`; what it knows nothing of is refused by RFC 8693 §2.2.2. */
export function answersExchanges(
  known: (subject: string) => boolean = () => true,
  more: Readonly<Record<string, unknown>> = { expires_in: 300 },
): Answering {
  return async (call) => {
    const subject = new URLSearchParams(await call.text()).get("subject_token") ?? "";
    const json = { "Content-Type": "application/json" };
    const issued = {
      access_token: `for-${subject.replaceAll(/[^\w-]/g, "_")}`,
      issued_token_type: "urn:ietf:params:oauth:token-type:access_token",
      token_type: "Bearer",
      ...more,
    };
    if (known(subject)) await call.respond(200, json, JSON.stringify(issued));
    else
      await call.respond(400, json, JSON.stringify({ error: "invalid_request", error_description: subject }));
  };
}
