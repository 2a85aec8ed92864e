import { z } from "zod";
import { listClients } from "@/db/queries/clients";
import { clientsOf } from "@/lib/auth/access/actor";
import { CLIENT_STATUSES } from "@/lib/core/client";
import { flushHeartbeats } from "@/lib/services/agent/heartbeat-buffer";
import { labelFilterField } from "@/lib/services/labels/fields";
import { type PageOf, pageInput } from "@/lib/services/page";
import { defineVerb } from "@/lib/services/verb";
import { type ClientView, clientViews } from "./view";

/** Longer than any name. */
const MAX_SEARCH = 200;

/** In order of creation. */
export const clientsList = defineVerb({
  name: "clients.list",
  permission: "viewer",
  changes: false,
  input: pageInput.extend({
    /** A part of the name. */
    q: z.string().trim().max(MAX_SEARCH, `At most ${MAX_SEARCH} characters.`).optional(),
    label: labelFilterField.optional(),
    status: z.enum(CLIENT_STATUSES, "There is no such status.").optional(),
  }),
  async run({ actor }, { limit, ...filter }): Promise<PageOf<ClientView>> {
    await flushHeartbeats();
    const rows = await listClients({ ...filter, clientIds: clientsOf(actor), limit: limit + 1 });
    const shown = rows.slice(0, limit);
    const nextCursor = rows.length > limit ? (shown.at(-1)?.client.id ?? null) : null;
    return { items: await clientViews(shown), nextCursor };
  },
});
