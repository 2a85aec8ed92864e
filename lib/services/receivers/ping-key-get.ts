import { z } from "zod";
import { linkBase } from "@/lib/dispatch/send/installation";
import { defineVerb } from "@/lib/services/verb";
import { readPingKey } from "./ping-key";

export const pingKeyAnswer = z.object({
  /** Null: there is none, and no such address is known. */
  pingKey: z.string().nullable(),
  /** What stands before the slug of a job: `https://belfry.example/ping/<key>/`. */
  address: z.string().nullable(),
});

/** The key by which programs name jobs by their slugs, and create them. */
export const settingsPingKeyGet = defineVerb({
  name: "settings.pingKey.get",
  permission: "operator",
  changes: false,
  records: {
    does: "reveals",
    entity: "settings",
    subject: async () => ({ id: "ping_key", name: "Ping key" }),
    oncePerMs: 60_000,
  },
  input: z.object({}),
  run: async () => pingKeyView(await readPingKey()),
});

/** @param key null: there is none */
export async function pingKeyView(key: string | null): Promise<z.output<typeof pingKeyAnswer>> {
  return { pingKey: key, address: key && `${(await linkBase(undefined)) ?? ""}/ping/${key}/` };
}
