import type { z } from "zod";
import { apiKeysCreate } from "@/lib/services/api-keys/create";
import { apiKeysList } from "@/lib/services/api-keys/list";
import { apiKeysRevoke } from "@/lib/services/api-keys/revoke";
import { usersCreate } from "@/lib/services/users/create";
import { usersDisable, usersEnable } from "@/lib/services/users/enable";
import { usersList } from "@/lib/services/users/list";
import { usersUpdate } from "@/lib/services/users/update";

/** What the `belfry` command may ask for, of a running server or of itself. */
export const COMMAND_VERBS = {
  "apiKeys.create": apiKeysCreate,
  "apiKeys.list": apiKeysList,
  "apiKeys.revoke": apiKeysRevoke,
  "users.create": usersCreate,
  "users.list": usersList,
  "users.update": usersUpdate,
  "users.disable": usersDisable,
  "users.enable": usersEnable,
};

type CommandVerbs = typeof COMMAND_VERBS;
export type CommandVerb = keyof CommandVerbs;

/** Calls a verb for the command line, wherever it runs. Throws AppError as the verb does. */
export type CommandCall = <N extends CommandVerb>(
  name: N,
  input: z.input<CommandVerbs[N]["input"]>,
) => Promise<Awaited<ReturnType<CommandVerbs[N]["call"]>>>;
