import { z } from "zod";
import type { ReportedArchive } from "@/lib/core/reported-archive";
import type { ListedArchives } from "../../contract";

/** What borgmatic prints with `--json` in place of the log. Observed from 1.7.7 with borg 1.2.4 on. */
const repository = z.object({ location: z.string(), label: z.string().nullish() });
const stats = z.object({
  original_size: z.number(),
  compressed_size: z.number().nullish(),
  deduplicated_size: z.number().nullish(),
  nfiles: z.number(),
});
const archive = z.object({
  name: z.string().min(1),
  id: z.string().min(1),
  start: z.string(),
  duration: z.number().nullish(),
  hostname: z.string().optional(),
  stats: stats.optional(),
});
const created = z.array(z.object({ archive: archive.optional(), repository: repository.optional() }));
const described = z.array(z.object({ archives: z.array(archive), repository }));
const listed = z.array(
  z.object({
    archives: z.array(z.object({ name: z.string(), id: z.string(), start: z.string().optional(), time: z.string() })),
    repository,
  }),
);

/**
 * The archives that `create --json` names. Hooks and other tools may have printed lines of their own before it.
 * @returns null: it is not what borgmatic prints
 */
export function readCreatedArchives(stdout: string): ReportedArchive[] | null {
  const read = readAs(created, stdout);
  if (!read) return null;
  const archives: ReportedArchive[] = [];
  for (const entry of read) {
    if (!entry.archive) continue;
    if (!entry.repository) return null;
    archives.push(reportedArchive(entry.archive, entry.repository));
  }
  return archives;
}

/** The archives that `info --json` describes, with the name of the machine that made each. */
export function readDescribedArchives(stdout: string): (ReportedArchive & { hostname: string })[] {
  return (readAs(described, stdout) ?? []).flatMap((entry) =>
    entry.archives.map((one) => ({ ...reportedArchive(one, entry.repository), hostname: one.hostname ?? "" })),
  );
}

/** The archives that `rlist --json` lists, newest first. @returns null: it is not what borgmatic prints */
export function readListedArchives(stdout: string): ListedArchives[] | null {
  const read = readAs(listed, stdout);
  if (!read) return null;
  return read.map(({ archives, repository: { location, label } }) => ({
    repository: location,
    label: label ?? "",
    archives: archives
      .map(({ name, id, start, time }) => ({ name, id, startedAt: localMs(start ?? time) }))
      .sort((one, other) => other.startedAt - one.startedAt),
  }));
}

function reportedArchive(
  { name, id, start, duration, stats: sizes }: z.output<typeof archive>,
  { location, label }: z.output<typeof repository>,
): ReportedArchive {
  return {
    repository: location,
    label: label ?? "",
    name,
    id,
    startedAt: localMs(start),
    durationMs: duration == null ? null : Math.round(duration * 1_000),
    originalBytes: sizes?.original_size ?? null,
    compressedBytes: sizes?.compressed_size ?? null,
    deduplicatedBytes: sizes?.deduplicated_size ?? null,
    files: sizes?.nfiles ?? null,
  };
}

function readAs<T>(schema: z.ZodType<T>, stdout: string): T | null {
  const text = stdout.trim();
  // A list ends with it; what a hook prints comes before.
  const lines = text.split("\n").filter((line) => /^\[(?:\]|\s*\{)/.test(line));
  for (const candidate of [text, ...lines.reverse()]) {
    try {
      const parsed = schema.safeParse(JSON.parse(candidate));
      if (parsed.success) return parsed.data;
    } catch {
      // The next one.
    }
  }
  return null;
}

/** borg gives the local time of its machine, which is this one, without its zone. */
function localMs(text: string): number {
  const at = new Date(text).getTime();
  return Number.isNaN(at) ? 0 : at;
}
