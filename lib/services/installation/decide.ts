import { z } from "zod";
import { stayApart, takeOver } from "@/db/stores/installation-decision";
import { AppError } from "@/lib/core/errors";
import { defineVerb } from "@/lib/services/verb";
import { installationView } from "./view";

/** A copy, or a restored configuration, is the installation from now on: it goes on where the original ended. */
export const installationTakeOver = defineVerb({
  name: "installation.takeOver",
  permission: "admin",
  changes: true,
  input: z.object({}),
  async run({ now, audit }) {
    return installationView((await takeOver(now, audit("installation", null, "Belfry"))) ?? refuse());
  },
});

/**
 * A copy, or a restored configuration, is another installation from now on, with every job disabled. A clone of a whole
 * machine does not pause, because nothing distinguishes it: who knows of it says so.
 */
export const installationStayApart = defineVerb({
  name: "installation.stayApart",
  permission: "admin",
  changes: true,
  input: z.object({ isClone: z.boolean().default(false) }),
  async run({ now, audit }, options) {
    const row = audit("installation", null, "Belfry", options.isClone ? options : undefined);
    return installationView((await stayApart(now, row, options)) ?? refuse());
  },
});

function refuse(): never {
  throw new AppError("conflict", "There is nothing to decide: this installation does not pause.");
}
