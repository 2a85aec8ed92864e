import { listUsers, locksOf } from "@/db/queries/users";
import { pageInput, pageOf } from "@/lib/services/page";
import { defineVerb } from "@/lib/services/verb";
import { userView } from "./view";

export const usersList = defineVerb({
  name: "users.list",
  permission: "viewer",
  changes: false,
  input: pageInput,
  async run({ now }, { cursor, limit }) {
    const rows = await listUsers({ cursor, limit: limit + 1 });
    const locked = new Set(
      (
        await locksOf(
          rows.map((row) => row.id),
          now,
        )
      ).map((guard) => guard.userId),
    );
    return pageOf(rows, limit, (row) => userView(row, locked.has(row.id)));
  },
});
