import { z } from "zod";
import { findDestination } from "@/db/queries/destinations";
import { type DestinationRow, updateDestination } from "@/db/stores/destinations";
import { AppError } from "@/lib/core/errors";
import { splitSecrets } from "@/lib/secrets/config";
import { checkConfig, configInput, mergeConfig, storedConfig } from "@/lib/services/channels/config";
import { idField } from "@/lib/services/page";
import { nameField } from "@/lib/services/users/fields";
import { defineVerb } from "@/lib/services/verb";
import { requireDestinationKind } from "./kind";
import { prepare } from "./prepare";
import { destinationView } from "./view";

/** Changes only what is named; of the configuration, too. */
export const destinationsUpdate = defineVerb({
  name: "destinations.update",
  permission: "admin",
  changes: true,
  input: z.object({ id: idField, name: nameField.optional(), config: configInput.optional() }),
  async run({ now, audit }, { id, name, config }) {
    const known = await findDestination(id);
    if (!known) throw new AppError("not_found", "There is no such destination.");
    const change: Partial<DestinationRow> = { updatedAt: now, ...(name !== undefined && { name }) };
    if (config) {
      const kind = requireDestinationKind(known.kind);
      const stored = storedConfig(known);
      const whole = checkConfig(kind, mergeConfig(kind, stored, config));
      if (JSON.stringify(whole) !== JSON.stringify(stored)) await prepare(kind, whole);
      const { plain, sealed } = splitSecrets(whole, kind.secretFields);
      Object.assign(change, { config: plain, secrets: sealed });
    }
    const detail = { name, ...(config && { config: Object.keys(config) }) };
    const row = await updateDestination(id, change, audit("destination", id, name ?? known.name, detail));
    if (!row) throw new AppError("not_found", "There is no such destination.");
    return destinationView(row);
  },
});
