import { ROLES } from "@/lib/core/role";
import { all } from "../all";
import { type Command, need, oneOf, text } from "../command";
import { table } from "../table";

export const apiKeyCommands: Command[] = [
  {
    words: ["api-key", "create"],
    usage: "--name NAME [--role admin|operator|viewer]",
    summary: "Create an API key and print it, this once",
    options: { name: { type: "string" }, role: { type: "string" } },
    async run({ flags }, { call }) {
      const role = oneOf(text(flags, "role") ?? "viewer", ROLES, "role");
      const made = await call("apiKeys.create", { name: need(flags, "name"), role });
      return { json: { id: made.id, name: made.name, role: made.role, key: made.key }, text: made.key };
    },
  },
  {
    words: ["api-key", "list"],
    usage: "",
    summary: "List the API keys",
    async run(_, { call }) {
      const keys = await all((page) => call("apiKeys.list", page));
      const rows = keys.map((key) => [key.id, key.name, key.role, `…${key.hint}`, key.lastUsedAt, key.revokedAt]);
      return { json: keys, text: table(["ID", "NAME", "ROLE", "KEY", "LAST USED", "REVOKED"], rows) };
    },
  },
  {
    words: ["api-key", "revoke"],
    usage: "ID",
    summary: "Refuse an API key from now on",
    positionals: 1,
    async run({ positionals: [id = ""] }, { call }) {
      const key = await call("apiKeys.revoke", { id });
      return { json: key, text: `${key.name} is revoked.` };
    },
  },
];
