import { z } from "zod";
import { listChecks } from "@/db/queries/healthchecks";
import { AppError } from "@/lib/core/errors";
import { defineVerb } from "@/lib/services/verb";
import { checkStatus } from "./check-status";

const BADGE_ID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** As Healthchecks shows it. */
export type BadgeStatus = "up" | "late" | "down";

/** The state of one external job, for who has the address of its badge. */
export const healthchecksBadge = defineVerb({
  name: "healthchecks.badge",
  permission: "anyone",
  changes: false,
  input: z.object({ id: z.string().max(36, "This names no badge.") }),
  async run({ now }, { id }) {
    const [row] = BADGE_ID.test(id) ? await listChecks({ tokenHashStart: id.replaceAll("-", "") }, 1) : [];
    if (!row) throw new AppError("not_found", "not found");
    const status = checkStatus(row, now);
    const shown: BadgeStatus = status === "down" ? "down" : status === "grace" ? "late" : "up";
    return { name: row.name, status: shown };
  },
});
