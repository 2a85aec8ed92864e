import { ROLES } from "@/lib/core/role";
import { listAll } from "../all";
import { type Command, requireOneOf, requireOption, textOption } from "../command";
import { formatTable } from "../table";

export const apiKeyCommands: Command[] = [
  {
    name: ["api-key", "create"],
    usage: "--name NAME [--role admin|operator|viewer]",
    summary: "Create an API key and print it, this once",
    options: { name: { type: "string" }, role: { type: "string" } },
    async run({ flags }, { call }) {
      const role = requireOneOf(textOption(flags, "role") ?? "viewer", ROLES, "role");
      const created = await call("apiKeys.create", { name: requireOption(flags, "name"), role });
      return { json: { id: created.id, name: created.name, role: created.role, key: created.key }, text: created.key };
    },
  },
  {
    name: ["api-key", "list"],
    usage: "",
    summary: "List the API keys",
    async run(_, { call }) {
      const keys = await listAll((page) => call("apiKeys.list", page));
      const rows = keys.map((key) => [key.id, key.name, key.role, `…${key.hint}`, key.lastUsedAt, key.revokedAt]);
      return { json: keys, text: formatTable(["ID", "NAME", "ROLE", "KEY", "LAST USED", "REVOKED"], rows) };
    },
  },
  {
    name: ["api-key", "revoke"],
    usage: "ID",
    summary: "Refuse an API key from now on",
    positionals: 1,
    async run({ positionals: [id = ""] }, { call }) {
      const key = await call("apiKeys.revoke", { id });
      return { json: key, text: `${key.name} is revoked.` };
    },
  },
];
