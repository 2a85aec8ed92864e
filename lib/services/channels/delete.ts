import { z } from "zod";
import { deleteChannel } from "@/db/stores/channels";
import { idField } from "@/lib/services/page";
import { defineVerb } from "@/lib/services/verb";
import { assertUnused, usersOf } from "./uses";

/** Removes a channel for good. One that is in use stays, and the answer names who uses it. */
export const channelsDelete = defineVerb({
  name: "channels.delete",
  permission: "admin",
  changes: true,
  input: z.object({ id: idField }),
  async run({ audit }, { id }) {
    await deleteChannel(
      id,
      (row, uses) => assertUnused(row.name, usersOf(id, uses.jobs, uses.notifications)),
      (row) => audit("channel", id, row.name, { provider: row.provider }),
    );
    return { id };
  },
});
