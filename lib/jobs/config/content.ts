import { z } from "zod";
import type { AuditInsert } from "@/db/stores/audit";
import {
  CONFIGURATION_TABLES,
  type Configuration,
  readConfiguration,
  replaceConfiguration,
} from "@/db/stores/configuration";
import { AppError } from "@/lib/core/errors";
import { pluralize } from "@/lib/core/format-units";
import { CONFIG_PURPOSE } from "@/lib/secrets/config";
import { open, seal } from "@/lib/secrets/seal";

const FORMAT = 1;
/** Marks a text that was sealed and is exported opened, because another installation has another key. */
const OPENED = "$opened";
const SEALED = /^s1\.[A-Za-z0-9_-]{38,}$/;

const record = z.record(z.string(), z.unknown());
const content = z.object({
  format: z.number(),
  createdAt: z.string(),
  tables: z.object(Object.fromEntries(CONFIGURATION_TABLES.map((name) => [name, z.array(record)]))),
});

/** All configuration with its secrets opened, as plain JSON. To be encrypted at once. */
export async function exportConfiguration(now: number): Promise<unknown> {
  const configuration = await readConfiguration();
  return {
    format: FORMAT,
    createdAt: new Date(now).toISOString(),
    tables: walk(configuration, (text) => (SEALED.test(text) ? { [OPENED]: open(text, CONFIG_PURPOSE) } : text)),
  };
}

/**
 * Replaces the configuration with an exported one; secrets are sealed anew with this installation's key.
 * @throws AppError `invalid` when it is damaged or would lock everybody out, `conflict` while runs are running
 */
export async function importConfiguration(
  exported: unknown,
  now: number,
  audit: AuditInsert,
): Promise<{ createdAt: string }> {
  const parsed = content.safeParse(exported);
  if (!parsed.success) throw new AppError("invalid", "This configuration backup is damaged.");
  const { format, createdAt, tables } = parsed.data;
  if (format > FORMAT)
    throw new AppError("invalid", "This backup was made by a newer version of Belfry. Update first.");
  const configuration = walk(tables, (text) => text) as unknown as Configuration;
  if (!configuration.users.some((user) => user.role === "admin" && user.status === "active")) {
    throw new AppError("invalid", "This backup has no administrator who could sign in afterwards.");
  }
  const running = await replaceConfiguration(configuration, now, audit);
  if (running > 0) {
    throw new AppError(
      "conflict",
      `${pluralize(running, "run")} running: wait for the end, or cancel, and restore then.`,
    );
  }
  return { createdAt };
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
