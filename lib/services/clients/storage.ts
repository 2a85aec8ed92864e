import { z } from "zod";
import { diskLocation } from "@/lib/core/client";
import { idField } from "@/lib/services/page";
import { locationHistories, locationHistorySchema } from "@/lib/services/storage/history";
import { defineVerb } from "@/lib/services/verb";
import { requireClientRow } from "./get";

export const diskHistoriesSchema = z.object({
  /** Those that it reported last, in the same order. */
  disks: z.array(locationHistorySchema.extend({ mount: z.string() })),
});
export type DiskHistories = z.infer<typeof diskHistoriesSchema>;

/** How full the disks of a client were in the last 90 days, four times a day, and when they will be full. */
export const clientsStorage = defineVerb({
  name: "clients.storage",
  permission: "operator",
  changes: false,
  input: z.object({ id: idField }),
  async run({ now }, { id }): Promise<DiskHistories> {
    const { state } = await requireClientRow(id);
    const mounts = (state?.disks ?? []).map(({ mount }) => mount);
    const histories = await locationHistories(
      mounts.map((mount) => diskLocation(id, mount)),
      now,
    );
    return { disks: histories.map((history, index) => ({ mount: mounts[index] ?? "", ...history })) };
  },
});
