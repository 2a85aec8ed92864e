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

/** A copy, or a restored configuration, is another installation from now on, with every job disabled. */
export const installationStayApart = defineVerb({
  name: "installation.stayApart",
  permission: "admin",
  changes: true,
  input: z.object({}),
  async run({ now, audit }) {
    return installationView((await stayApart(now, audit("installation", null, "Belfry"))) ?? refuse());
  },
});

function refuse(): never {
  throw new AppError("conflict", "There is nothing to decide: this installation does not pause.");
}
