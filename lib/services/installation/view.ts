import { z } from "zod";
import type { Identity } from "@/db/stores/installation";
import { toIso } from "@/lib/core/clock";

export const installationViewSchema = z.object({
  id: z.string(),
  /** The machine with the database file, or the server with the database. */
  place: z.string(),
  /** Nothing scheduled runs and nothing is removed until an administrator has decided; null: it works as usual. */
  pause: z
    .object({
      /** `copied`: the database is a copy; `restored`: the configuration is another installation's. */
      reason: z.enum(["copied", "restored"]),
      /** The installation that this one came from; null: not known. */
      originalId: z.string().nullable(),
      originalPlace: z.string().nullable(),
      since: z.iso.datetime(),
      /** What happened, in a sentence. */
      message: z.string(),
    })
    .nullable(),
});
export type InstallationView = z.infer<typeof installationViewSchema>;

export function installationView({ id, home, pause }: Identity): InstallationView {
  return {
    id,
    place: home.place,
    pause: pause && { ...pause, since: toIso(pause.since), message: pauseSentence(pause) },
  };
}

function pauseSentence({ reason, originalPlace, originalId }: NonNullable<Identity["pause"]>): string {
  const original = originalPlace ?? (originalId ? `installation ${originalId}` : "another installation");
  return reason === "copied"
    ? `This is a copy of ${original}.`
    : `This installation has the restored configuration of ${original}.`;
}
