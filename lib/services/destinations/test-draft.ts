import { z } from "zod";
import { findDestination } from "@/db/queries/destinations";
import { AppError } from "@/lib/core/errors";
import { checkConfig, configInput, mergeConfig, storedConfig } from "@/lib/services/channels/config";
import { idField } from "@/lib/services/page";
import { testEndpoint } from "@/lib/services/sources/test-endpoint";
import { defineVerb } from "@/lib/services/verb";
import { requireDestinationKind } from "./kind";
import { prepare } from "./prepare";

/** Reaches what stands on the form, saved or not. */
export const destinationsTestDraft = defineVerb({
  name: "destinations.testDraft",
  permission: "admin",
  changes: false,
  input: z.object({
    /** The saved destination whose secrets stand in for those that are not sent again. */
    id: idField.optional(),
    kind: z.string().max(64),
    config: configInput,
  }),
  async run(_, { id, kind: kindId, config }) {
    const kind = requireDestinationKind(kindId);
    const known = id === undefined ? null : await findDestination(id);
    if (id !== undefined && !known) throw new AppError("not_found", "There is no such destination.");
    // The secrets of one kind are never used for another.
    const stored = known && known.kind === kind.id ? storedConfig(known) : {};
    const whole = checkConfig(kind, mergeConfig(kind, stored, config));
    await prepare(kind, whole);
    return testEndpoint(kind, whole);
  },
});
