import type { BackupContents } from "@/lib/core/backup-contents";
import { formatBytes } from "@/lib/core/format-units";

/** A backup in the numbers by which it is compared. */
export interface MeasuredBackup {
  /** Bytes before compression; null: stored before these were kept. */
  rawBytes: number | null;
  contents: BackupContents | null;
}

/** A backup of the same job that nobody doubts. */
export interface EarlierBackup extends MeasuredBackup {
  /** A person said that this size is right: what came before it no longer counts. */
  isAccepted: boolean;
}

/** What a job says about the size of its backups. */
export interface PlausibilityLimits {
  /** Percent of the usual bytes; 0: any size will do. */
  leastBytesPercent: number;
  /** The same of files or tables. */
  leastItemsPercent: number;
  /** Nothing at all is no failure, and no reason to doubt. */
  mayBeEmpty: boolean;
}

export interface Verdict {
  /** `empty`: there is nothing in it, which is a failure. `suspect`: far less than usual, which is a warning. */
  kind: "plausible" | "suspect" | "empty";
  /** Why, in a sentence. Null when it is plausible. */
  reason: string | null;
}

/** How many earlier backups are compared with. */
export const BASELINE_SIZE = 10;

const PLAUSIBLE: Verdict = { kind: "plausible", reason: null };

/**
 * Compares a backup with the ones before it.
 * @param earlier newest first, without those that are suspect; of more than ten the newest count
 */
export function judgePlausibility(
  backup: MeasuredBackup,
  earlier: readonly EarlierBackup[],
  limits: PlausibilityLimits,
): Verdict {
  const baseline = baselineOf(earlier);
  const empty = emptiness(backup.contents, baseline);
  if (empty) return limits.mayBeEmpty ? PLAUSIBLE : { kind: "empty", reason: empty };
  const losses = [
    shrunk(
      "bytes",
      backup.rawBytes,
      baseline.map(({ rawBytes }) => rawBytes),
      limits.leastBytesPercent,
    ),
    ...ITEMS.map((item) =>
      shrunk(
        item,
        backup.contents?.[item] ?? null,
        baseline.map(({ contents }) => contents?.[item] ?? null),
        limits.leastItemsPercent,
      ),
    ),
  ].filter((loss) => loss !== null);
  if (losses.length === 0) return PLAUSIBLE;
  return {
    kind: "suspect",
    reason: `Far less than usual: ${losses.join(", ")}. Usual is the median of the last ${baseline.length}.`,
  };
}

const ITEMS = ["files", "tables", "filledTables"] as const;
type Item = (typeof ITEMS)[number];

const ITEM_NAMES: Record<Item, string> = { files: "files", tables: "tables", filledTables: "tables with rows" };

/** Up to and including the newest that a person accepted. */
function baselineOf(earlier: readonly EarlierBackup[]): readonly EarlierBackup[] {
  const recent = earlier.slice(0, BASELINE_SIZE);
  const accepted = recent.findIndex(({ isAccepted }) => isAccepted);
  return accepted < 0 ? recent : recent.slice(0, accepted + 1);
}

/** An empty directory is always suspicious: a lost mount looks like that. A database may begin without tables. */
function emptiness(contents: BackupContents | null, baseline: readonly EarlierBackup[]): string | null {
  if (contents?.files === 0) {
    const usual = medianOf(baseline.map((one) => one.contents?.files ?? null));
    return `The source has no files${usual ? `; its last backups had ${count(usual)}` : ""}.`;
  }
  for (const item of ["tables", "filledTables"] as const) {
    const usual = medianOf(baseline.map((one) => one.contents?.[item] ?? null));
    if (contents?.[item] === 0 && usual) {
      return `The database has no ${ITEM_NAMES[item]}; its last backups had ${count(usual)}.`;
    }
  }
  return null;
}

function shrunk(
  what: Item | "bytes",
  now: number | null,
  before: readonly (number | null)[],
  leastPercent: number,
): string | null {
  const usual = medianOf(before);
  if (now === null || !usual || now * 100 >= usual * leastPercent) return null;
  return what === "bytes"
    ? `${formatBytes(usual)} → ${formatBytes(now)}`
    : `${count(usual)} → ${count(now)} ${ITEM_NAMES[what]}`;
}

/** Of those that are known; null when none is. */
function medianOf(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null).sort((a, b) => a - b);
  return known[Math.floor((known.length - 1) / 2)] ?? null;
}

const count = (value: number) => value.toLocaleString("en");
