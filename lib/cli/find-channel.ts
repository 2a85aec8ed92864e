import { AppError } from "@/lib/core/errors";
import type { CommandCall } from "@/lib/services/command-verbs";
import { listAll } from "./all";

/** Finds the id of a channel by its id or name. @throws AppError `not_found`; `conflict` when several have that name */
export async function findChannelId(which: string, call: CommandCall): Promise<string> {
  const channels = await listAll((page) => call("channels.list", page));
  if (channels.some(({ id }) => id === which)) return which;
  const [channel, ...others] = channels.filter(({ name }) => name === which);
  if (others.length > 0) throw new AppError("conflict", `Several channels have the name ${which}: use the id.`);
  if (!channel) throw new AppError("not_found", `There is no channel ${which}.`);
  return channel.id;
}
