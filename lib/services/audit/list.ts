import { z } from "zod";
import { listAudit } from "@/db/queries/audit";
import { toIso } from "@/lib/core/clock";
import { pageOf, searchInput, searchOf } from "@/lib/services/page";
import { defineVerb } from "@/lib/services/verb";

const filter = z
  .string()
  .max(64, "This is not a name or an id.")
  .regex(/^[\w.-]{1,64}$/, "This is not a name or an id.")
  .optional();

/** Kinds of entries, by the verbs that leave them; a table test holds verbs that send or reveal to them. */
export const AUDIT_GROUPS = {
  tests: ["%.test", "%.testDraft", "reports.send"],
  downloads: ["%.download", "repositories.exportKey", "runs.log", "settings.pingKey.get"],
  sign_ins: ["session.%"],
} as const;

/** The audit log, newest first. */
export const auditList = defineVerb({
  name: "audit.list",
  permission: "admin",
  changes: false,
  input: searchInput.extend({
    entity: filter,
    entityId: filter,
    actorId: filter,
    verb: filter,
    group: z.enum(["tests", "downloads", "sign_ins"]).optional(),
  }),
  async run(_, { cursor, limit, group, q, from, until, ...filters }) {
    const verbs = group && AUDIT_GROUPS[group];
    const rows = await listAudit({
      ...filters,
      ...(verbs && { verbs }),
      ...searchOf("aud", { q, cursor, from, until }),
      limit: limit + 1,
    });
    return pageOf(rows, limit, ({ at, ...row }) => ({ ...row, at: toIso(at) }));
  },
});
