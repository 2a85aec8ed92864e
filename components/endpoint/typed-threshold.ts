import type { StorageThreshold } from "@/lib/core/storage";

const GIB = 1024 ** 3;

/** A threshold as it is typed. */
export interface TypedThreshold {
  kind: "percent" | "freeBytes";
  amount: string;
}

export function typedThreshold(threshold: StorageThreshold): TypedThreshold {
  return "percent" in threshold
    ? { kind: "percent", amount: String(threshold.percent) }
    : { kind: "freeBytes", amount: String(Number((threshold.freeBytes / GIB).toFixed(3))) };
}

/** What to send; an amount that is no number is sent as none, and refused beside its field. */
export function sentThreshold({ kind, amount }: TypedThreshold): StorageThreshold {
  const number = amount.trim() === "" ? Number.NaN : Number(amount.replace(",", "."));
  const value = Number.isFinite(number) ? number : 0;
  return kind === "percent" ? { percent: value } : { freeBytes: Math.round(value * GIB) };
}
