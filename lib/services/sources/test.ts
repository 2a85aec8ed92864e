import { z } from "zod";
import { findSource } from "@/db/queries/sources";
import { AppError } from "@/lib/core/errors";
import { joinSecrets } from "@/lib/secrets/config";
import { checkConfig } from "@/lib/services/channels/config";
import { idField } from "@/lib/services/page";
import { testEndpoint } from "@/lib/services/sources/test-endpoint";
import { defineVerb } from "@/lib/services/verb";
import { requireSourceKind } from "./kind";

/** Reaches a saved source the way a run does. */
export const sourcesTest = defineVerb({
  name: "sources.test",
  permission: "operator",
  changes: false,
  input: z.object({ id: idField }),
  async run(_, { id }) {
    const row = await findSource(id);
    if (!row) throw new AppError("not_found", "There is no such source.");
    const kind = requireSourceKind(row.kind);
    return testEndpoint(kind, checkConfig(kind, joinSecrets(row.config, row.secrets)));
  },
});
