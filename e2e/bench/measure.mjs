// Arithmetic over what was counted. Times are milliseconds.
import { readFileSync } from "node:fs";

export const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** @param share 0.5 for the median, 0.95 … */
export function quantile(values, share) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(share * sorted.length) - 1))] ?? Number.NaN;
}

export const median = (values) => quantile(values, 0.5);

/** Notes per second, from the first handed in to the last taken. */
export function rateOf(notes) {
  const taken = notes.filter((note) => note.taken > 0);
  const from = taken.reduce((least, note) => Math.min(least, note.handedInAt), Number.POSITIVE_INFINITY);
  const to = taken.reduce((most, note) => Math.max(most, note.takenAt), 0);
  return taken.length / ((to - from) / 1000);
}

/** Notes that were taken more than once, counted by how much more. */
export const doublesOf = (notes) => notes.reduce((sum, note) => sum + Math.max(0, note.taken - 1), 0);

/** Megabytes of a process: now resident, and the most it ever was. */
export function memoryOf(pid) {
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  const read = (name) => Number(new RegExp(`^${name}:\\s+(\\d+)`, "m").exec(status)?.[1] ?? Number.NaN) / 1024;
  return { now: read("VmRSS"), most: read("VmHWM") };
}
