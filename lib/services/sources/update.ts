import { z } from "zod";
import { findSource } from "@/db/queries/sources";
import { type SourceRow, updateSource } from "@/db/stores/sources";
import { AppError } from "@/lib/core/errors";
import { splitSecrets } from "@/lib/secrets/config";
import { checkConfig, configInput, mergeConfig, storedConfig } from "@/lib/services/channels/config";
import { idField } from "@/lib/services/page";
import { nameField } from "@/lib/services/users/fields";
import { defineVerb } from "@/lib/services/verb";
import { requireSourceKind } from "./kind";
import { sourceView } from "./view";

/** Changes only what is named; of the configuration, too. */
export const sourcesUpdate = defineVerb({
  name: "sources.update",
  permission: "admin",
  changes: true,
  input: z.object({ id: idField, name: nameField.optional(), config: configInput.optional() }),
  async run({ now, audit }, { id, name, config }) {
    const known = await findSource(id);
    if (!known) throw new AppError("not_found", "There is no such source.");
    const change: Partial<SourceRow> = { updatedAt: now, ...(name !== undefined && { name }) };
    if (config) {
      const kind = requireSourceKind(known.kind);
      const whole = checkConfig(kind, mergeConfig(kind, storedConfig(known), config));
      const { plain, sealed } = splitSecrets(whole, kind.secretFields);
      Object.assign(change, { config: plain, secrets: sealed });
    }
    const detail = { name, ...(config && { config: Object.keys(config) }) };
    const row = await updateSource(id, change, audit("source", id, name ?? known.name, detail));
    if (!row) throw new AppError("not_found", "There is no such source.");
    return sourceView(row);
  },
});
