import { ROLES } from "@/lib/core/role";
import { listAll } from "../all";
import { type Command, requireOneOf, requireOption, textOption } from "../command";
import { formatTable } from "../table";

export const apiKeyCommands: Command[] = [
  {
    name: ["api-key", "create"],
    usage: "--name NAME [--role admin|operator|viewer] [--expires DAYS|YYYY-MM-DD]",
    summary: "Create an API key and print it, this once; without --expires it never expires",
    options: { name: { type: "string" }, role: { type: "string" }, expires: { type: "string" } },
    async run({ flags }, { call }) {
      const role = requireOneOf(textOption(flags, "role") ?? "viewer", ROLES, "role");
      const name = requireOption(flags, "name");
      const created = await call("apiKeys.create", { name, role, ...expiryOf(textOption(flags, "expires")) });
      const { id, key, expiresAt } = created;
      return { json: { id, name: created.name, role: created.role, expiresAt, key }, text: key };
    },
  },
  {
    name: ["api-key", "list"],
    usage: "",
    summary: "List the API keys",
    async run(_, { call }) {
      const keys = await listAll((page) => call("apiKeys.list", page));
      const rows = keys.map((key) => [
        key.id,
        key.name,
        key.role,
        `…${key.hint}`,
        key.createdBy,
        key.owner &&
          `${key.owner.name ?? key.owner.id}${key.owner.status === "active" ? "" : ` (${key.owner.status})`}`,
        key.lastUsedAt,
        key.expiresAt,
        key.state,
      ]);
      const heads = ["ID", "NAME", "ROLE", "KEY", "CREATED BY", "ACCOUNT", "LAST USED", "EXPIRES", "STATE"];
      return { json: keys, text: formatTable(heads, rows) };
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

/** @param text a number of days, or the last day; none for a key that never expires */
function expiryOf(text: string | undefined): { expiresAt?: string; expiresInDays?: number } {
  if (text === undefined) return {};
  return /^\d{1,6}$/.test(text) ? { expiresInDays: Number(text) } : { expiresAt: text };
}
