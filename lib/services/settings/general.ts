import { join } from "node:path";
import { z } from "zod";
import { consoleAddressOf } from "@/lib/core/console-address";
import { mailListenerState } from "@/lib/core/mail-listener";
import { peekRuntimeValue, runtimeValue } from "@/lib/core/runtime";
import { DEFAULT_NAME } from "@/lib/dispatch/send/installation";

/** Default retention of resolved alerts, events and deliveries. */
const RETENTION_DAYS = 30;

/** Settings → General, complete. */
export const generalSettingsSchema = z.object({
  /** What this installation is called in messages, mails and page titles. */
  name: z.string(),
  /** Whether the titles of messages begin with that name, once there is one of its own. */
  namesTitles: z.boolean(),
  /** Where people open Belfry, `https://backup.example`: links of messages lead there. Null: nobody said. */
  address: z.string().nullable(),
  /** BELFRY_BASE_URL, which wins over it; null: not set. */
  environmentAddress: z.string().nullable(),
  /** Where this process takes mail to external jobs; null: it takes none. */
  mailListener: z
    .object({
      port: z.int(),
      host: z.string(),
      domains: z.array(z.string()),
      hasTls: z.boolean(),
      isListening: z.boolean(),
      /** Why it does not listen. */
      problem: z.string().nullable(),
    })
    .nullable(),
  /** IANA zone for readers without one of their own. */
  timezone: z.string(),
  /** Null: the folder `restores` in the data folder. */
  restoreFolder: z.string().nullable(),
  /** The folder that operators may restore into. */
  effectiveRestoreFolder: z.string(),
  /** Folders of BELFRY_RESTORE_ROOTS, which administrators may restore into as well. */
  restoreRoots: z.array(z.string()),
  /** Days that resolved alerts, events and the delivery log are kept. */
  retentionDays: z.int(),
  /** Whether a backup that a stop of Belfry interrupted is made once more at the next start. */
  repeatsInterruptedRuns: z.boolean(),
});
export type GeneralSettings = z.infer<typeof generalSettingsSchema>;

/** Belfry's own address as a person enters it; blank: none. */
export const consoleAddressField = z
  .string()
  .trim()
  .max(1_000)
  .refine(
    (typed) => typed === "" || consoleAddressOf(typed) !== null,
    "Enter an address such as https://backup.example, without a path.",
  )
  .transform(consoleAddressOf);

/** The stored settings: only those that were set. */
export interface StoredGeneral {
  name?: string;
  namesTitles?: boolean;
  address?: string | null;
  timezone?: string;
  restoreFolder?: string | null;
  retentionDays?: number;
  repeatsInterruptedRuns?: boolean;
}

/** The complete settings; missing and malformed ones have their default. */
export function generalSettings(stored: unknown): GeneralSettings {
  const given = (typeof stored === "object" && stored !== null ? stored : {}) as Record<string, unknown>;
  const restoreFolder = typeof given.restoreFolder === "string" && given.restoreFolder ? given.restoreFolder : null;
  return {
    name: typeof given.name === "string" && given.name ? given.name : DEFAULT_NAME,
    namesTitles: given.namesTitles !== false,
    address: typeof given.address === "string" && given.address ? given.address : null,
    environmentAddress: peekRuntimeValue("baseUrl") ?? null,
    mailListener: mailListenerView(),
    timezone:
      typeof given.timezone === "string" && given.timezone
        ? given.timezone
        : Intl.DateTimeFormat().resolvedOptions().timeZone,
    restoreFolder,
    effectiveRestoreFolder: restoreFolder ?? join(runtimeValue("dataDir"), "restores"),
    restoreRoots: [...(peekRuntimeValue("restoreRoots") ?? [])],
    retentionDays: typeof given.retentionDays === "number" ? given.retentionDays : RETENTION_DAYS,
    repeatsInterruptedRuns: given.repeatsInterruptedRuns !== false,
  };
}

function mailListenerView(): GeneralSettings["mailListener"] {
  const state = mailListenerState();
  return state && { ...state, domains: [...state.domains] };
}
