import { Command } from "commander";
import { certListCommand } from "./cert-list.ts";
import { certRenewCommand } from "./cert-renew.ts";
import { certRevokeCommand } from "./cert-revoke.ts";
import type { CommandContext } from "./command-context.ts";

const DETAILS = `
Examples:
  appconn cert renew ./shop-identity
  appconn cert revoke ./shop-identity
  appconn cert list shop
  appconn cert revoke --hash 3f0a9c41d2b7`;

export function certCommand(context: CommandContext): Command {
  return new Command("cert")
    .description("Renew, revoke and list the client certificates of external systems.")
    .addHelpText("after", DETAILS)
    .helpCommand(false)
    .addCommand(certRenewCommand(context).summary("renew an identity, with a new key"))
    .addCommand(certRevokeCommand(context).summary("revoke an identity, or any certificate by its hash"))
    .addCommand(certListCommand(context).summary("list what was issued"));
}
