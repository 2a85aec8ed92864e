import type { Actor } from "./actor";

/** Whoever may use the `belfry` command can read the data folder, and so is an administrator. */
export const commandActor: Actor = { kind: "command", id: null, name: "Command line", role: "admin", address: null };
