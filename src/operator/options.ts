import { flag } from "../config/setting.ts";

/** Settings of what looks after Applications. */
export const operatorSettings = {
  conditions: flag({
    default: true,
    description:
      "Whether what is found to be wrong with an Application is written into its status, as the condition Valid. Events tell it either way.",
  }),
};
