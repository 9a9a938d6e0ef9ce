/** Credentials of the benchmark's own target: they protect nothing. */
export const basicUser = "bench";
export const basicPassword = "bench-password";
export const basicHeader = `Basic ${Buffer.from(`${basicUser}:${basicPassword}`).toString("base64")}`;

/** What the token endpoint hands out; the length of a usual signed token. */
export const accessToken = "eyJhbGciOiJSUzI1NiJ9.".padEnd(700, "b");
export const bearerHeader = `Bearer ${accessToken}`;

export const parameterHeader = { name: "X-Api-Key", value: "bench-key" };
export const parameterQuery = { name: "sap-client", value: "100" };
