import { z } from "zod";
import { revokeClientToken } from "@/db/stores/clients";
import { idField } from "@/lib/services/page";
import { defineVerb } from "@/lib/services/verb";
import { requireClientRow } from "./get";
import { type ClientView, clientView } from "./view";

/** Revokes the token of a client, which is not watched any more until it gets a new one. */
export const clientsRevoke = defineVerb({
  name: "clients.revoke",
  permission: "admin",
  changes: true,
  input: z.object({ id: idField }),
  async run({ audit }, { id }): Promise<ClientView> {
    const { client } = await requireClientRow(id);
    await revokeClientToken(id, audit("client", id, client.name));
    return await clientView(await requireClientRow(id));
  },
});
