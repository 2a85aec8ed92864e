import { z } from "zod";
import { settingValue } from "@/db/queries/dispatch";
import type { Actor } from "@/lib/auth/access/actor";
import { offsetAt } from "@/lib/core/cron/zone";
import { AppError } from "@/lib/core/errors";
import { LONGEST } from "@/lib/core/longest-times";
import { GENERAL_SETTINGS } from "@/lib/dispatch/send/installation";
import { generalSettings } from "@/lib/services/settings/general";

const DAY_MS = 86_400_000;
const LONGEST_DAYS = LONGEST.apiKey / DAY_MS;

export const expiresAtField = z
  .union(
    [z.iso.date().max(10), z.iso.datetime({ offset: true }).max(40)],
    "Enter a day such as 2027-01-31, or a time such as 2027-01-31T18:00:00Z.",
  )
  .nullable()
  .optional()
  .meta({ description: "The last day, in your time zone, or the moment from which on it is refused; null for never" });

export const expiresInDaysField = z
  .int()
  .min(1)
  .max(LONGEST_DAYS)
  .optional()
  .meta({ description: "In place of `expiresAt`: days from now" });

/**
 * When a new key expires, milliseconds; null for never. A day counts to its end, in the caller's time zone.
 * @throws AppError `invalid` for a time that is past, or further ahead than five years, and for both fields at once
 */
export async function expiryOf(
  { expiresAt, expiresInDays }: { expiresAt?: string | null; expiresInDays?: number },
  actor: Actor,
  now: number,
): Promise<number | null> {
  if (expiresAt !== undefined && expiresInDays !== undefined) {
    throw invalidExpiry("Give either expiresAt or expiresInDays.");
  }
  if (expiresInDays !== undefined) return now + expiresInDays * DAY_MS;
  if (expiresAt === null || expiresAt === undefined) return null;
  const at = expiresAt.length === 10 ? endOfDay(expiresAt, await timezoneOf(actor)) : Date.parse(expiresAt);
  if (at <= now) throw invalidExpiry("This time is past.");
  // The last of those days ends up to a day and a zone's offset later.
  if (at > now + LONGEST.apiKey + 2 * DAY_MS) throw invalidExpiry("An API key lasts at most five years.");
  return Math.min(at, now + LONGEST.apiKey);
}

async function timezoneOf(actor: Actor): Promise<string> {
  const own = actor.kind === "user" ? actor.timezone : null;
  return own ?? generalSettings(await settingValue(GENERAL_SETTINGS)).timezone;
}

/** When a calendar day ends, milliseconds. @param day `2027-01-31` */
function endOfDay(day: string, timezone: string): number {
  const next = Date.parse(`${day}T00:00:00Z`) + DAY_MS;
  return next - offsetAt(timezone, next - offsetAt(timezone, next));
}

function invalidExpiry(sentence: string): AppError {
  return new AppError("invalid", "Some fields are invalid.", { fields: { expiresAt: sentence } });
}
