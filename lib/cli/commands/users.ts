import { isIP } from "node:net";
import { AppError } from "@/lib/core/errors";
import { pluralize } from "@/lib/core/format-units";
import { ROLES } from "@/lib/core/role";
import type { CommandCall } from "@/lib/services/command-verbs";
import { listAll } from "../all";
import { type Command, type CommandContext, requireOneOf, requireOption, textOption, textsOption } from "../command";
import { formatTable } from "../table";

export const userCommands: Command[] = [
  {
    name: ["users", "create"],
    usage: "--name NAME --email ADDRESS [--role admin|operator|viewer] [--invite]",
    summary: "Create a user; the password is asked for, or read from standard input",
    options: {
      name: { type: "string" },
      email: { type: "string" },
      role: { type: "string" },
      invite: { type: "boolean" },
    },
    async run({ flags }, { call, askSecret }) {
      const role = requireOneOf(textOption(flags, "role") ?? "viewer", ROLES, "role");
      const person = { name: requireOption(flags, "name"), email: requireOption(flags, "email"), role };
      const invites = "Nobody was created. To let the person choose one, use --invite.";
      const password = flags.invite ? undefined : await askNewPassword("Password: ", invites, askSecret);
      const created = await call("users.create", { ...person, ...(password !== undefined && { password }) });
      const { invitation } = created;
      const link =
        invitation?.status === "not_sent" ? ` ${invitation.reason} Pass this link on: ${invitation.url}` : "";
      return { json: created, text: `${created.name} was created as ${created.role}.${link}` };
    },
  },
  {
    name: ["users", "list"],
    usage: "",
    summary: "List the users",
    async run(_, { call }) {
      const users = await listAll((page) => call("users.list", page));
      const rows = users.map((user) => [user.id, user.name, user.email, user.role, user.status, user.lastLoginAt]);
      return { json: users, text: formatTable(["ID", "NAME", "MAIL", "ROLE", "STATUS", "LAST SIGN-IN"], rows) };
    },
  },
  {
    name: ["users", "disable"],
    usage: "ID|ADDRESS [--keep-key ID …]",
    summary: "End a user's sessions and API keys and keep the user out",
    options: { "keep-key": { type: "string", multiple: true } },
    positionals: 1,
    async run({ positionals: [who = ""], flags }, { call }) {
      const keepKeys = textsOption(flags, "keep-key");
      const user = await call("users.disable", { id: await findUserId(who, call), keepKeys });
      const keys = [keySentence(user.revokedKeys, "revoked"), keySentence(user.keptKeys, "kept")].join("");
      return { json: user, text: `${user.name} is kept out.${keys}` };
    },
  },
  {
    name: ["users", "enable"],
    usage: "ID|ADDRESS",
    summary: "Let a user in again",
    positionals: 1,
    async run({ positionals: [who = ""] }, { call }) {
      const user = await call("users.enable", { id: await findUserId(who, call) });
      return { json: user, text: `${user.name} may sign in again.` };
    },
  },
  {
    name: ["users", "sign-out"],
    usage: "ID|ADDRESS",
    summary: "End every session of a user, who may sign in again",
    positionals: 1,
    async run({ positionals: [who = ""] }, { call }) {
      const { id, ended } = await call("users.signOut", { id: await findUserId(who, call) });
      return { json: { id, ended }, text: `${pluralize(ended, "session")} ended.` };
    },
  },
  {
    name: ["users", "unlock"],
    usage: "ID|ADDRESS",
    summary: "Let a user try again at once after wrong passwords; of an IP address, everybody there",
    positionals: 1,
    async run({ positionals: [who = ""] }, { call }) {
      if (isIP(who)) {
        const { address, lifted } = await call("users.unlockAddress", { address: who });
        return { json: { address, lifted }, text: unlockText(`Everybody at ${address}`, lifted) };
      }
      const unlocked = await call("users.unlock", { id: await findUserId(who, call) });
      return { json: unlocked, text: unlockText(who, unlocked.lifted) };
    },
  },
  {
    name: ["users", "password"],
    usage: "ID|ADDRESS",
    summary: "Set a new password; it is asked for, or read from standard input",
    positionals: 1,
    async run({ positionals: [who = ""] }, { call, askSecret }) {
      const id = await findUserId(who, call);
      const password = await askNewPassword("New password: ", "Nothing was changed.", askSecret);
      const user = await call("users.update", { id, password });
      return { json: user, text: `${user.name} has a new password; open sessions have ended.` };
    },
  },
];

/** ` 2 API keys were revoked: CI, Grafana.`, or nothing when there are none. */
function keySentence(keys: readonly { name: string }[], what: string): string {
  if (keys.length === 0) return "";
  const were = keys.length === 1 ? "was" : "were";
  return ` ${pluralize(keys.length, "API key")} ${were} ${what}: ${keys.map(({ name }) => name).join(", ")}.`;
}

/** @throws AppError `invalid` for an empty one: to the verbs it would mean none, or the one before */
async function askNewPassword(
  question: string,
  consequence: string,
  askSecret: CommandContext["askSecret"],
): Promise<string> {
  const password = await askSecret(question);
  if (password === "") throw new AppError("invalid", `The password is empty. ${consequence}`);
  return password;
}

function unlockText(who: string, lifted: number): string {
  return lifted > 0
    ? `${who} may try again at once.`
    : `${who} was not blocked; counted wrong passwords are forgotten.`;
}

async function findUserId(who: string, call: CommandCall): Promise<string> {
  if (!who.includes("@")) return who;
  const users = await listAll((page) => call("users.list", page));
  const found = users.find(({ email }) => email?.toLowerCase() === who.toLowerCase());
  if (!found) throw new AppError("not_found", `There is no user with the address ${who}.`);
  return found.id;
}
