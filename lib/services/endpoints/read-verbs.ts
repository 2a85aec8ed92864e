import { z } from "zod";
import { endpointNames, listEndpoints } from "@/db/queries/endpoints";
import { labelFilterField } from "@/lib/services/labels/fields";
import { idField, type PageOf, pageInput } from "@/lib/services/page";
import { defineVerb } from "@/lib/services/verb";
import { type EndpointKind, endpointKindView } from "./kind";
import type { EndpointFrame } from "./spec";
import type { EndpointView } from "./view";

/** An endpoint as pickers need it. */
export interface EndpointOption {
  id: string;
  name: string;
  kind: string;
  kindLabel: string;
  /** A source that knows by itself where its backups go. */
  storesItself: boolean;
}

export function defineReadVerbs<K extends EndpointKind, X extends object>({
  kinds,
  require,
  view,
  views,
}: EndpointFrame<K, X>) {
  const { name } = kinds;
  return {
    list: defineVerb({
      name: `${name}.list`,
      permission: "viewer",
      changes: false,
      input: pageInput.extend({
        /** Searched for in the name. */
        q: z.string().trim().max(100).optional(),
        /** `key:value`, or `key`. */
        label: labelFilterField.optional(),
      }),
      async run(_, { cursor, limit, q, label }): Promise<PageOf<EndpointView & X>> {
        const rows = await listEndpoints(name, { cursor, limit: limit + 1, q, label });
        const shown = rows.slice(0, limit);
        return { items: await views(shown), nextCursor: rows.length > limit ? (shown.at(-1)?.id ?? null) : null };
      },
    }),

    get: defineVerb({
      name: `${name}.get`,
      permission: "viewer",
      changes: false,
      input: z.object({ id: idField }),
      run: async (_, { id }) => view(await require(id)),
    }),

    /** Every endpoint by name. */
    options: defineVerb({
      name: `${name}.options`,
      permission: "viewer",
      changes: false,
      input: z.object({}),
      async run(): Promise<EndpointOption[]> {
        const rows = await endpointNames(name);
        return rows.map((row) => {
          const kind = kinds.find(row.kind);
          return { ...row, kindLabel: kind?.label ?? row.kind, storesItself: kind?.storesItself ?? false };
        });
      },
    }),

    /** Every kind, with its form. */
    kinds: defineVerb({
      name: `${name}.kinds`,
      permission: "viewer",
      changes: false,
      input: z.object({}),
      run: async () => kinds.all().map(endpointKindView),
    }),
  };
}
