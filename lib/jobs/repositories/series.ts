import { newId } from "@/lib/core/id";

/** `shop-20261127T082200Z-k3x9` */
const NAME = /^(.+)-\d{8}T\d{6}Z-[0-9a-z]{4}$/;

/** The name of a job's archive: sorts by time, and two made at the same moment differ. @param now milliseconds */
export function archiveName(series: string, now: number): string {
  const stamp = new Date(now).toISOString().replace(/[-:]|\.\d+/g, "");
  return `${series}-${stamp}-${newId("x").slice(-4)}`;
}

/** The job's slug in the name of an archive; null: no job made it. */
export function seriesOf(name: string): string | null {
  return NAME.exec(name)?.[1] ?? null;
}

/** A pattern of borg that matches the archives of one job and no others: slugs hold letters, digits and dashes. */
export function seriesGlob(series: string): string {
  const digit = "[0-9]";
  return `${series}-${digit.repeat(8)}T${digit.repeat(6)}Z-${"[0-9a-z]".repeat(4)}`;
}
