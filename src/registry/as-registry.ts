/** Whose the fields are that the registry writes. */
export const AS_REGISTRY = { manager: "appconn-registry" } as const;
