import { z } from "zod";
import { channelById } from "@/db/queries/channels";
import { AppError } from "@/lib/core/errors";
import { idField } from "@/lib/services/page";
import { defineVerb } from "@/lib/services/verb";
import { channelView } from "./view";

export const channelsGet = defineVerb({
  name: "channels.get",
  permission: "viewer",
  changes: false,
  input: z.object({ id: idField }),
  async run({ actor }, { id }) {
    const row = await channelById(id);
    if (!row) throw new AppError("not_found", "There is no such channel.");
    return channelView(row, actor);
  },
});
