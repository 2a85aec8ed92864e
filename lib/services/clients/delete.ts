import { z } from "zod";
import { deleteClient } from "@/db/stores/clients";
import { idField } from "@/lib/services/page";
import { defineVerb } from "@/lib/services/verb";
import { requireClientRow } from "./get";

/** Removes a client: its token is refused from now on, and the alert about its outage ends. */
export const clientsDelete = defineVerb({
  name: "clients.delete",
  permission: "admin",
  changes: true,
  input: z.object({ id: idField }),
  async run({ audit }, { id }) {
    const { client } = await requireClientRow(id);
    await deleteClient(id, audit("client", id, client.name));
    return { id };
  },
});
