import { z } from "zod";
import { currentInstallation } from "@/db/queries/installation";
import type { AuditInsert } from "@/db/stores/audit";
import {
  CONFIGURATION_TABLES,
  type Configuration,
  configurationColumns,
  readConfiguration,
  replaceConfiguration,
} from "@/db/stores/configuration";
import { CONFIGURATION_FORMAT } from "@/db/stores/configuration-format";
import { AppError } from "@/lib/core/errors";
import { pluralize } from "@/lib/core/format-units";
import { peekRuntimeValue } from "@/lib/core/runtime";
import { CONFIG_PURPOSE } from "@/lib/secrets/config";
import { open, seal } from "@/lib/secrets/seal";

/** Marks a text that was sealed and is exported opened, because another installation has another key. */
const OPENED = "$opened";
const SEALED = /^s1\.[A-Za-z0-9_-]{38,}$/;

const record = z.record(z.string(), z.unknown());
const header = z.object({ format: z.int().positive(), program: z.string().optional() });
const content = z.object({
  createdAt: z.string(),
  installation: z.object({ id: z.string(), place: z.string() }).optional(),
  tables: z.record(z.string(), z.array(record)),
});

/** All configuration with its secrets opened, as plain JSON. To be encrypted at once. */
export async function exportConfiguration(now: number): Promise<unknown> {
  const [configuration, { id, home }] = await Promise.all([readConfiguration(), currentInstallation()]);
  return {
    format: CONFIGURATION_FORMAT,
    program: peekRuntimeValue("programVersion"),
    createdAt: new Date(now).toISOString(),
    installation: { id, place: home.place },
    tables: walk(configuration, (text) => (SEALED.test(text) ? { [OPENED]: open(text, CONFIG_PURPOSE) } : text)),
  };
}

/**
 * Replaces the configuration with an exported one; secrets are sealed anew with this installation's key.
 * @throws AppError `invalid` when it is damaged, of a newer version, or would lock everybody out, `conflict` while runs are running
 */
export async function importConfiguration(
  exported: unknown,
  now: number,
  audit: AuditInsert,
): Promise<{ createdAt: string; isPaused: boolean }> {
  const { format, program } = parse(header, exported);
  if (format > CONFIGURATION_FORMAT) throw newerFormat(format, program);
  const { createdAt, installation, tables } = parse(content, exported);
  if (!CONFIGURATION_TABLES.every((name) => tables[name] ?? isNewerThan(name, format))) throw damaged();
  if (format === CONFIGURATION_FORMAT) assertAllKnown(tables);
  const none = Object.fromEntries(CONFIGURATION_TABLES.map((name) => [name, []]));
  const configuration = walk({ ...none, ...tables }, (text) => text) as Configuration;
  if (!configuration.users.some((user) => user.role === "admin" && user.status === "active")) {
    throw new AppError("invalid", "This backup has no administrator who could sign in afterwards.");
  }
  // The identity has to exist before the transaction compares it.
  await currentInstallation();
  const origin = { id: installation?.id ?? null, place: installation?.place ?? null };
  const { running, isPaused } = await replaceConfiguration(configuration, origin, now, audit);
  if (running > 0) {
    throw new AppError(
      "conflict",
      `${pluralize(running, "run")} running: wait for the end, or cancel, and restore then.`,
    );
  }
  return { createdAt, isPaused };
}

function parse<S extends z.ZodType>(schema: S, exported: unknown): z.output<S> {
  const parsed = schema.safeParse(exported);
  if (!parsed.success) throw damaged();
  return parsed.data;
}

/** Tables of the configuration that files of an older format do not have. */
const TABLES_OF_FORMAT: Readonly<Record<number, readonly (keyof Configuration)[]>> = {
  5: [
    "profiles",
    "profileNotifications",
    "labels",
    "escalationPolicies",
    "routes",
    "silences",
    "clients",
    "repositories",
    "syncs",
  ],
  6: ["jobReceivers"],
};

function isNewerThan(table: keyof Configuration, format: number): boolean {
  return Object.entries(TABLES_OF_FORMAT).some(([since, names]) => Number(since) > format && names.includes(table));
}

function damaged(): AppError {
  return new AppError("invalid", "This configuration backup is damaged.");
}

function newerFormat(format: number, program: string | undefined): AppError {
  const maker = program ? `Belfry ${program}` : "a newer version of Belfry";
  const own = peekRuntimeValue("programVersion");
  return new AppError(
    "invalid",
    `This backup has format ${format}, made by ${maker}. This is ${own ? `Belfry ${own}` : "an older version"}, which reads formats up to ${CONFIGURATION_FORMAT}. Nothing was changed: update Belfry, and restore then.`,
  );
}

/** What is not known would be lost without a word. @throws AppError `invalid` that names it */
function assertAllKnown(tables: Record<string, Record<string, unknown>[]>): void {
  const known: Record<string, string[]> = configurationColumns();
  const unknown = Object.entries(tables).flatMap(([name, rows]) => {
    const columns = known[name];
    if (!columns) return [name];
    return [...new Set(rows.flatMap(Object.keys))]
      .filter((column) => !columns.includes(column))
      .map((column) => `${name}.${column}`);
  });
  if (unknown.length === 0) return;
  throw new AppError(
    "invalid",
    `This backup holds what this version of Belfry does not know: ${unknown.join(", ")}. Nothing was changed: restore it with the version that made it.`,
  );
}

/** Every text through `leaf`, every opened secret sealed again. */
function walk(value: unknown, leaf: (text: string) => unknown): unknown {
  if (typeof value === "string") return leaf(value);
  if (Array.isArray(value)) return value.map((item) => walk(item, leaf));
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value);
  const [only] = entries;
  if (entries.length === 1 && only?.[0] === OPENED && typeof only[1] === "string") return seal(only[1], CONFIG_PURPOSE);
  return Object.fromEntries(entries.map(([key, item]) => [key, walk(item, leaf)]));
}
