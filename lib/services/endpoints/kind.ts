import { z } from "zod";
import type { EndpointTableName } from "@/db/queries/endpoints";
import { AppError } from "@/lib/core/errors";
import type { Kind } from "@/lib/core/kind";
import type { Finding, JobIo } from "@/lib/jobs/contract";

/** What the verbs need of a kind of source or destination. */
export interface EndpointKind extends Kind {
  /** A source that knows by itself where its backups go. */
  readonly storesItself?: boolean;
  /** A destination that is a folder, which may be created when it is set up. */
  readonly hasFolder?: boolean;
  test(config: unknown, io: JobIo): Promise<Finding>;
}

/** The kinds of sources, or those of destinations. */
export interface EndpointKinds<K extends EndpointKind = EndpointKind> {
  /** Names the verbs and the table. */
  name: EndpointTableName;
  noun: "source" | "destination";
  all(): readonly K[];
  /** @returns undefined for a kind that this version does not know */
  find(id: string): K | undefined;
}

/** @throws AppError `invalid` for a kind that this version does not know */
export function requireKind<K extends EndpointKind>({ name, find }: EndpointKinds<K>, id: string): K {
  const kind = find(id);
  if (kind) return kind;
  throw new AppError("invalid", "Some fields are invalid.", {
    fields: { kind: `Belfry knows no ${name} of the kind ${id}.` },
  });
}

/** Where an endpoint is, in one line without secrets: `/srv/files`, `backup@db1/shop`. Empty when nothing says it. */
export function summarizeEndpoint(kind: EndpointKind | undefined, config: Record<string, unknown>): string {
  return kind?.summary(config) ?? "";
}

export const endpointKindSchema = z.object({
  kind: z.string(),
  label: z.string(),
  /** What it is for, in one short line. */
  tagline: z.string(),
  /** JSON schema from which the form is drawn. */
  schema: z.record(z.string(), z.unknown()),
  /** Fields that are sealed and never sent back. */
  secretFields: z.array(z.string()),
  /** Whether it is a folder that `createFolder` creates where it is missing. */
  hasFolder: z.boolean(),
});

/** A kind with its form, as pickers and forms need it. */
export function endpointKindView(kind: EndpointKind): z.output<typeof endpointKindSchema> {
  return {
    kind: kind.id,
    label: kind.label,
    tagline: kind.tagline,
    schema: kind.formSchema(),
    secretFields: [...kind.secretFields],
    hasFolder: kind.hasFolder ?? false,
  };
}
