import type { Actor } from "./actor";

/** Anyone who can run the `belfry` command can read the data folder, and so acts as an administrator. */
export const commandActor: Actor = { kind: "command", id: null, name: "Command line", role: "admin", address: "local" };
