import { z } from "zod";
import { createDestination, type DestinationRow } from "@/db/stores/destinations";
import { newId } from "@/lib/core/id";
import { splitSecrets } from "@/lib/secrets/config";
import { checkConfig, configInput, mergeConfig } from "@/lib/services/channels/config";
import { nameField } from "@/lib/services/users/fields";
import { defineVerb } from "@/lib/services/verb";
import { requireDestinationKind } from "./kind";
import { prepare } from "./prepare";
import { destinationView } from "./view";

export const destinationsCreate = defineVerb({
  name: "destinations.create",
  permission: "admin",
  changes: true,
  input: z.object({ name: nameField, kind: z.string().max(64), config: configInput }),
  async run({ now, audit }, { name, kind: kindId, config }) {
    const kind = requireDestinationKind(kindId);
    const whole = checkConfig(kind, mergeConfig(kind, {}, config));
    await prepare(kind, whole);
    const { plain, sealed } = splitSecrets(whole, kind.secretFields);
    const row: DestinationRow = {
      id: newId("dst"),
      name,
      kind: kind.id,
      config: plain,
      secrets: sealed,
      createdAt: now,
      updatedAt: now,
    };
    await createDestination(row, audit("destination", row.id, name, { kind: kind.id }));
    return destinationView(row);
  },
});
