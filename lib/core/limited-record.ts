import { z } from "zod";

/** A record with at most so many names, which its JSON schema says as well. */
export function limitedRecord<K extends z.core.$ZodRecordKey, V extends z.core.SomeType>(
  key: K,
  value: V,
  most: number,
) {
  return z
    .record(key, value)
    .refine((record) => Object.keys(record).length <= most, `At most ${most.toLocaleString("en-US")} entries.`)
    .meta({ maxProperties: most });
}
