import { z } from "zod";
import { findSilence, heldBySilences } from "@/db/queries/silences";
import type { SilenceRow } from "@/db/stores/silences";
import { AppError } from "@/lib/core/errors";
import { idField } from "@/lib/services/page";
import { defineVerb } from "@/lib/services/verb";
import { type SilenceView, silenceView } from "./view";

export const silencesGet = defineVerb({
  name: "silences.get",
  permission: "viewer",
  changes: false,
  input: z.object({ id: idField }),
  async run({ now }, { id }): Promise<SilenceView> {
    return await shownSilence(await requireSilence(id), now);
  },
});

/** @throws AppError `not_found` */
export async function requireSilence(id: string): Promise<SilenceRow> {
  const row = await findSilence(id);
  if (!row) throw new AppError("not_found", "There is no such silence. It may have been removed.");
  return row;
}

/** A silence with how many notifications it holds. */
export async function shownSilence(row: SilenceRow, now: number): Promise<SilenceView> {
  return silenceView(row, (await heldBySilences([row.id])).get(row.id) ?? 0, now);
}
