import type { Signal } from "../contract";
import { amountOf, jsonFields } from "./fields";

/** restic with `--json`, restic, and Borg with `--stats`: each with its size in a unit of its own. */
const SUMMARY = '"message_type":"summary"';
const PROCESSED = /^processed (\d{1,15}) files, (\d{1,15}(?:\.\d{1,6})?) ([KMGT]?i?B) in /;
const FILES = /^Number of files: (\d{1,15})$/;
const ARCHIVE = /^This archive: {1,40}(\d{1,15}(?:\.\d{1,6})?) ([kMGT]?B) /;
const UNITS: Record<string, number> = {
  B: 1,
  kB: 1e3,
  MB: 1e6,
  GB: 1e9,
  TB: 1e12,
  KiB: 2 ** 10,
  MiB: 2 ** 20,
  GiB: 2 ** 30,
  TiB: 2 ** 40,
};

/** How much a backup read, where its log says so in the words of restic or Borg; of several the last. */
export function figuresIn(log: string): Pick<Signal, "bytes" | "files"> {
  const figures: Pick<Signal, "bytes" | "files"> = {};
  for (const line of log.split("\n").map((one) => one.trim())) {
    const summary = line.includes(SUMMARY) ? jsonFields(line) : null;
    const processed = PROCESSED.exec(line);
    const archive = ARCHIVE.exec(line);
    const files = FILES.exec(line);
    if (summary)
      note(figures, amountOf(summary.get("total_bytes_processed")), amountOf(summary.get("total_files_processed")));
    if (processed) note(figures, sizeOf(processed[2], processed[3]), Number(processed[1]));
    if (archive) note(figures, sizeOf(archive[1], archive[2]), undefined);
    if (files) note(figures, undefined, Number(files[1]));
  }
  return figures;
}

function note(figures: Pick<Signal, "bytes" | "files">, bytes: number | undefined, files: number | undefined) {
  if (bytes !== undefined) figures.bytes = bytes;
  if (files !== undefined) figures.files = files;
}

function sizeOf(number: string | undefined, unit: string | undefined): number | undefined {
  return amountOf(Math.round(Number(number) * (UNITS[unit ?? ""] ?? Number.NaN)));
}
