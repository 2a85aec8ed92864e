import { z } from "zod";
import { replaceClientToken } from "@/db/stores/clients";
import { idField } from "@/lib/services/page";
import { originField } from "@/lib/services/users/fields";
import { defineVerb } from "@/lib/services/verb";
import type { ClientCreated } from "./create";
import { requireClientRow } from "./get";
import { clientTokenView, makeClientToken } from "./token";
import { clientView } from "./view";

/** Makes a new token for a client, shown this once. The one before is refused from now on. */
export const clientsRotate = defineVerb({
  name: "clients.rotate",
  permission: "admin",
  changes: true,
  input: z.object({ id: idField, origin: originField }),
  async run({ audit }, { id, origin }): Promise<ClientCreated> {
    const { client } = await requireClientRow(id);
    const { token, stored } = makeClientToken();
    const shown = await clientTokenView(token, origin);
    await replaceClientToken(id, stored, audit("client", id, client.name));
    return { ...(await clientView(await requireClientRow(id))), ...shown };
  },
});
