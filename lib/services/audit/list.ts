import { z } from "zod";
import { listAudit } from "@/db/queries/audit";
import { toIso } from "@/lib/core/clock";
import { pageInput, pageOf } from "@/lib/services/page";
import { defineVerb } from "@/lib/services/verb";

const filter = z
  .string()
  .regex(/^[\w.-]{1,64}$/, "This is not a name or an id.")
  .optional();

/** The audit log, newest first. */
export const auditList = defineVerb({
  name: "audit.list",
  permission: "admin",
  changes: false,
  input: pageInput.extend({ entity: filter, entityId: filter, actorId: filter, verb: filter }),
  async run(_, { cursor, limit, ...filters }) {
    const rows = await listAudit({ ...filters, cursor, limit: limit + 1 });
    return pageOf(rows, limit, ({ at, ...row }) => ({ ...row, at: toIso(at) }));
  },
});
