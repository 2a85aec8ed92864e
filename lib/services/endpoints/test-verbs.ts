import { z } from "zod";
import { recipientsIn } from "@/lib/core/secret-recipients";
import { joinSecrets } from "@/lib/secrets/config";
import { checkConfig, configInput, mergeConfig, storedConfig } from "@/lib/services/channels/config";
import { idField } from "@/lib/services/page";
import { defineVerb } from "@/lib/services/verb";
import { type EndpointKind, requireKind, summarizeEndpoint } from "./kind";
import type { EndpointFrame } from "./spec";
import { testEndpoint } from "./test-endpoint";

export function defineTestVerbs<K extends EndpointKind, X extends object>({ kinds, require }: EndpointFrame<K, X>) {
  return {
    /** Connects to a saved endpoint the way a run does. */
    test: defineVerb({
      name: `${kinds.name}.test`,
      permission: "operator",
      changes: false,
      records: {
        does: "sends",
        entity: kinds.noun,
        async subject({ id }) {
          const { name, kind } = await require(id);
          return { id, name, detail: { kind } };
        },
      },
      input: z.object({ id: idField }),
      async run(_, { id }) {
        const row = await require(id);
        const kind = requireKind(kinds, row.kind);
        return testEndpoint(kind, checkConfig(kind, joinSecrets(row.config, row.secrets)), row);
      },
    }),

    /** Connects to an endpoint with the settings of the form, saved or not. Makes nothing: only saving readies it. */
    testDraft: defineVerb({
      name: `${kinds.name}.testDraft`,
      permission: "admin",
      changes: false,
      records: {
        does: "sends",
        entity: kinds.noun,
        async subject({ id, kind: kindId, config }) {
          const kind = requireKind(kinds, kindId);
          const known = id === undefined ? null : await require(id);
          const plain = known?.kind === kind.id ? known.config : {};
          const whole = { ...plain, ...config };
          const to = { where: summarizeEndpoint(kind, whole) || undefined, ...recipientsIn(kind.configSchema, whole) };
          return { id: id ?? null, name: known?.name ?? null, detail: { kind: kind.id, draft: true, ...to } };
        },
      },
      input: z.object({
        /** The saved endpoint whose secrets replace those that are not sent again. */
        id: idField.optional(),
        kind: z.string().max(64),
        config: configInput,
      }),
      async run(_, { id, kind: kindId, config: sent }) {
        const kind = requireKind(kinds, kindId);
        const known = id === undefined ? null : await require(id);
        // The secrets of one kind are never used for another.
        const stored = known && known.kind === kind.id ? storedConfig(known) : {};
        const config = checkConfig(kind, mergeConfig(kind, stored, sent));
        return testEndpoint(kind, config);
      },
    }),
  };
}
