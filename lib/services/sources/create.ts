import { z } from "zod";
import { createSource, type SourceRow } from "@/db/stores/sources";
import { newId } from "@/lib/core/id";
import { splitSecrets } from "@/lib/secrets/config";
import { checkConfig, configInput, mergeConfig } from "@/lib/services/channels/config";
import { nameField } from "@/lib/services/users/fields";
import { defineVerb } from "@/lib/services/verb";
import { requireSourceKind } from "./kind";
import { sourceView } from "./view";

export const sourcesCreate = defineVerb({
  name: "sources.create",
  permission: "admin",
  changes: true,
  input: z.object({ name: nameField, kind: z.string().max(64), config: configInput }),
  async run({ now, audit }, { name, kind: kindId, config }) {
    const kind = requireSourceKind(kindId);
    const whole = checkConfig(kind, mergeConfig(kind, {}, config));
    const { plain, sealed } = splitSecrets(whole, kind.secretFields);
    const row: SourceRow = {
      id: newId("src"),
      name,
      kind: kind.id,
      config: plain,
      secrets: sealed,
      createdAt: now,
      updatedAt: now,
    };
    await createSource(row, audit("source", row.id, name, { kind: kind.id }));
    return sourceView(row);
  },
});
