import { z } from "zod";
import { countClients } from "@/db/queries/clients";
import { insertClient } from "@/db/stores/clients";
import { DEFAULT_INTERVAL_SECONDS } from "@/lib/core/client";
import { AppError } from "@/lib/core/errors";
import { newId } from "@/lib/core/id";
import { originField } from "@/lib/services/users/fields";
import { defineVerb } from "@/lib/services/verb";
import { clientFields } from "./fields";
import { clientTokenAnswer, clientTokenView, makeClientToken } from "./token";
import { clientView, clientViewSchema } from "./view";

/** What one installation is made for, with room to spare. */
const MAX_CLIENTS = 50_000;

export const clientCreatedSchema = clientViewSchema.extend(clientTokenAnswer);
export type ClientCreated = z.infer<typeof clientCreatedSchema>;

/** Registers a machine. Its token is shown this once. */
export const clientsCreate = defineVerb({
  name: "clients.create",
  permission: "admin",
  changes: true,
  input: z.object({
    name: clientFields.name,
    labels: clientFields.labels.default({}),
    offlineAfterMinutes: clientFields.offlineAfterMinutes.default(null),
    intermittent: clientFields.intermittent.default(false),
    muted: clientFields.muted.default(false),
    diskThresholds: clientFields.diskThresholds.default([]),
    intervalSeconds: clientFields.intervalSeconds.default(DEFAULT_INTERVAL_SECONDS),
    origin: originField,
  }),
  async run({ now, audit }, { origin, labels, ...input }): Promise<ClientCreated> {
    const { token, stored } = makeClientToken();
    // Asked first: a client whose line cannot be shown is none.
    const shown = await clientTokenView(token, origin);
    if ((await countClients()) >= MAX_CLIENTS)
      throw new AppError("limit", `There are ${MAX_CLIENTS.toLocaleString("en-US")} clients already.`);
    const row = { ...input, ...stored, id: newId("cli"), createdAt: now, updatedAt: now, revokedAt: null };
    await insertClient(row, audit("client", row.id, row.name, { ...input, labels }), labels);
    return { ...(await clientView({ client: row, state: null })), ...shown };
  },
});
