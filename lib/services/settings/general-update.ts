import { z } from "zod";
import { settingLocks, writeSetting } from "@/db/stores/setting-changes";
import { readSetting } from "@/db/stores/settings";
import { transact } from "@/db/transact";
import { AppError } from "@/lib/core/errors";
import { peekRuntimeValue } from "@/lib/core/runtime";
import { GENERAL_SETTINGS } from "@/lib/dispatch/send/installation";
import { absolutePath } from "@/lib/jobs/config-fields";
import { isFolderAllowed } from "@/lib/jobs/places/restore-place";
import { timezoneField } from "@/lib/services/users/fields";
import { defineVerb } from "@/lib/services/verb";
import { consoleAddressField, generalSettings, type StoredGeneral } from "./general";

/** @throws AppError `invalid` for a folder that would let restores go where the environment does not allow it */
async function requireRestoreFolder(folder: string): Promise<void> {
  const roots = peekRuntimeValue("restoreRoots") ?? [];
  if (await isFolderAllowed({ folder, roots })) return;
  const places = [`the folder restores in Belfry's data folder`, ...roots].join(", ");
  const sentence = `It must lie in one of these: ${places}. The person who runs this machine adds others with BELFRY_RESTORE_ROOTS.`;
  throw new AppError("invalid", "Some fields are invalid.", { fields: { restoreFolder: sentence } });
}

/** Changes only the settings that are given. */
export const settingsGeneralUpdate = defineVerb({
  name: "settings.general.update",
  permission: "admin",
  changes: true,
  input: z.object({
    /** Blank: Belfry. */
    name: z
      .string()
      .trim()
      .max(60, "At most 60 characters.")
      .refine((text) => !/\p{C}/u.test(text), "Enter one line of plain text.")
      .optional(),
    namesTitles: z.boolean().optional(),
    /** Links of messages lead there. Null or blank: messages have no links. */
    address: consoleAddressField.nullable().optional(),
    timezone: timezoneField.optional(),
    /** Null or blank: the folder `restores` in the data folder. */
    restoreFolder: z.union([z.literal("").transform(() => null), z.null(), absolutePath]).optional(),
    retentionDays: z
      .int("Enter a whole number of days.")
      .min(1, "Keep things for at least one day.")
      .max(3650, "At most ten years: 3,650 days.")
      .optional(),
    repeatsInterruptedRuns: z.boolean().optional(),
  }),
  async run({ audit }, changes) {
    if (changes.restoreFolder) await requireRestoreFolder(changes.restoreFolder);
    const given = Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined));
    const stored = await transact(settingLocks(GENERAL_SETTINGS), function* (tx) {
      const next = { ...(yield* readSetting<StoredGeneral>(tx, GENERAL_SETTINGS)), ...given };
      yield* writeSetting(tx, GENERAL_SETTINGS, next, audit("settings", GENERAL_SETTINGS, "General", given));
      return next;
    });
    return generalSettings(stored);
  },
});
