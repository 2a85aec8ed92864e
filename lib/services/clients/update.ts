import { z } from "zod";
import { updateClient } from "@/db/stores/clients";
import { idField } from "@/lib/services/page";
import { defineVerb } from "@/lib/services/verb";
import { clientFields } from "./fields";
import { requireClientRow } from "./get";
import { type ClientView, clientView } from "./view";

/** Changes the given fields. Muting a client ends the alert about its outage. */
export const clientsUpdate = defineVerb({
  name: "clients.update",
  permission: "admin",
  changes: true,
  input: z.object({ id: idField, ...z.object(clientFields).partial().shape }),
  async run({ audit }, { id, labels, ...changes }): Promise<ClientView> {
    const before = await requireClientRow(id);
    const name = changes.name ?? before.client.name;
    await updateClient(id, changes, audit("client", id, name, { ...changes, labels }), labels);
    return await clientView(await requireClientRow(id));
  },
});
