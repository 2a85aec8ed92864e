import { z } from "zod";
import { deleteEndpoint, type EndpointRow, insertEndpoint, updateEndpoint } from "@/db/stores/endpoints";
import { AppError } from "@/lib/core/errors";
import { newId } from "@/lib/core/id";
import { readMounts } from "@/lib/jobs/mounts";
import { splitSecrets } from "@/lib/secrets/config";
import { openReferences } from "@/lib/secrets/references";
import { checkConfig, configInput, mergeConfig, storedConfig } from "@/lib/services/channels/config";
import { labelsField } from "@/lib/services/labels/fields";
import { idField } from "@/lib/services/page";
import { nameField } from "@/lib/services/users/fields";
import { defineVerb } from "@/lib/services/verb";
import { type EndpointKind, requireKind } from "./kind";
import { assertPlacesInReach } from "./places";
import type { EndpointFrame } from "./spec";
import { mergeWatch, thresholdField, watchField } from "./threshold";

/** How long a disk may take to say where it is mounted, milliseconds. */
const MOUNTS_MS = 2_000;

const createInput = z.object({
  name: nameField,
  kind: z.string().max(64),
  config: configInput,
  labels: labelsField.default({}),
});
const updateInput = z.object({
  id: idField,
  name: nameField.optional(),
  config: configInput.optional(),
  labels: labelsField.optional(),
});

/** Adds what only destinations have; elsewhere these are unknown fields, and never set. */
function withStorage<S extends z.ZodRawShape>(isStorage: boolean, input: z.ZodObject<S>) {
  const more = {
    threshold: thresholdField.nullable().optional(),
    watch: watchField.optional(),
    /** Creates the folder of the destination where it is missing; without it, one that is missing is refused. */
    createFolder: z.boolean().optional(),
  };
  const extended = z.object({ ...input.shape, ...more });
  return isStorage ? extended : (input as unknown as typeof extended);
}

export function defineWriteVerbs<K extends EndpointKind, X extends object>(frame: EndpointFrame<K, X>) {
  const { kinds, idPrefix, use, hasThreshold = false, prepare, localPaths, require, notFound, view } = frame;
  const { name: table, noun } = kinds;

  /** Checks what was sent merged into what is stored, and looks at an endpoint that is new or changed. */
  async function checkSent(
    kind: K,
    stored: Record<string, unknown> | null,
    sent: Record<string, unknown>,
    createFolder: boolean,
  ) {
    const config = checkConfig(kind, mergeConfig(kind, stored ?? {}, sent));
    const opened = kind.parse(openReferences(config, kind).config);
    await assertPlacesInReach(use, kind, opened);
    const isChanged = JSON.stringify(config) !== JSON.stringify(stored);
    if (isChanged || createFolder) await prepare?.(kind, config, createFolder);
    const { plain, sealed } = splitSecrets(config, kind.secretFields);
    const mounts = await readMounts(localPaths(kind, opened), AbortSignal.timeout(MOUNTS_MS));
    return { config: plain, secrets: sealed, mounts };
  }

  return {
    delete: defineDeleteVerb(frame),

    create: defineVerb({
      name: `${table}.create`,
      permission: "admin",
      changes: true,
      input: withStorage(hasThreshold, createInput),
      async run({ now, audit }, { name, kind: kindId, config, labels, threshold, watch, createFolder = false }) {
        const kind = requireKind(kinds, kindId);
        const stored = await checkSent(kind, null, config, createFolder);
        const row: EndpointRow = {
          id: newId(idPrefix),
          name,
          kind: kind.id,
          ...stored,
          ...(hasThreshold && { threshold: threshold ?? null, watch: watch ? mergeWatch(null, watch) : null }),
          createdAt: now,
          updatedAt: now,
        };
        await insertEndpoint(
          table,
          row,
          audit(noun, row.id, name, { kind: kind.id, labels, ...(createFolder && { createFolder }) }),
          labels,
        );
        return view(row);
      },
    }),

    /** Changes only what is named; of the configuration, too. */
    update: defineVerb({
      name: `${table}.update`,
      permission: "admin",
      changes: true,
      input: withStorage(hasThreshold, updateInput),
      async run({ now, audit }, { id, name, config, labels, threshold, watch, createFolder = false }) {
        const known = await require(id);
        const sent = config ?? (createFolder ? {} : undefined);
        const change: Partial<EndpointRow> = {
          updatedAt: now,
          ...(name !== undefined && { name }),
          ...(threshold !== undefined && { threshold }),
          ...(watch && { watch: mergeWatch(known.watch, watch) }),
          ...(sent && (await checkSent(requireKind(kinds, known.kind), storedConfig(known), sent, createFolder))),
        };
        const also = { ...(createFolder && { createFolder }), ...(config && { config: Object.keys(config) }) };
        const detail = { name, labels, threshold, watch, ...also };
        const row = await updateEndpoint(table, id, change, audit(noun, id, name ?? known.name, detail), labels);
        if (!row) throw notFound();
        return view(row);
      },
    }),
  };
}

/** Deletes an endpoint that nothing uses; otherwise the answer names what does. */
function defineDeleteVerb<K extends EndpointKind, X extends object>({ kinds, require }: EndpointFrame<K, X>) {
  const { name: table, noun } = kinds;
  return defineVerb({
    name: `${table}.delete`,
    permission: "admin",
    changes: true,
    input: z.object({ id: idField }),
    async run({ audit }, { id }) {
      const row = await require(id);
      const users = await deleteEndpoint(table, id, audit(noun, id, row.name, { kind: row.kind }));
      if (users.length > 0) throw new AppError("conflict", `${row.name} is used by ${users.join(", ")}.`);
      return { id };
    },
  });
}
