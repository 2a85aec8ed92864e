import { z } from "zod";
import { findDestination } from "@/db/queries/destinations";
import { AppError } from "@/lib/core/errors";
import { joinSecrets } from "@/lib/secrets/config";
import { checkConfig } from "@/lib/services/channels/config";
import { idField } from "@/lib/services/page";
import { testEndpoint } from "@/lib/services/sources/test-endpoint";
import { defineVerb } from "@/lib/services/verb";
import { requireDestinationKind } from "./kind";

/** Reaches a saved destination the way a run does. */
export const destinationsTest = defineVerb({
  name: "destinations.test",
  permission: "operator",
  changes: false,
  input: z.object({ id: idField }),
  async run(_, { id }) {
    const row = await findDestination(id);
    if (!row) throw new AppError("not_found", "There is no such destination.");
    const kind = requireDestinationKind(row.kind);
    return testEndpoint(kind, checkConfig(kind, joinSecrets(row.config, row.secrets)));
  },
});
