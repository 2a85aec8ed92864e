import { z } from "zod";
import { AppError } from "@/lib/core/errors";
import { ROLES } from "@/lib/core/role";
import { PASSWORD_MAX, PASSWORD_MIN, type PasswordOwner, passwordProblem } from "@/lib/secrets/password-rule";

const TOO_SHORT = `Use at least ${PASSWORD_MIN} characters.`;

/** Any letters of any script; no control characters, so that no name can break a header or a terminal. */
export const nameField = z
  .string()
  .trim()
  .min(1, "Enter a name.")
  .max(100, "Use at most 100 characters.")
  .regex(/^\P{Cc}*$/u, "A name cannot hold control characters.");

export const emailField = z
  .string()
  .trim()
  .max(254, "This address is too long.")
  .pipe(z.email({ pattern: z.regexes.html5Email, error: "Enter a mail address like ana@example.org." }));

export const roleField = z.enum(ROLES);

/** An existing password: any input. */
export const passwordField = z.string().max(PASSWORD_MAX * 4, "This is too long for a password.");

/** A new password. Its length is reported together with the errors of other fields; the other rule needs its owner. */
export const newPasswordField = passwordField.refine((password) => [...password].length >= PASSWORD_MIN, TOO_SHORT);

/** As `newPasswordField`, where blank means none. */
export const optionalPasswordField = passwordField
  .refine((password) => password === "" || [...password].length >= PASSWORD_MIN, TOO_SHORT)
  .optional();

export const timezoneField = z.string().max(64).refine(isIanaTimezone, "This time zone is not known.");

/** Where the caller's browser sees Belfry; links are made from it when no base URL is set. */
export const originField = z
  .url({ protocol: /^https?$/ })
  .max(1_000)
  .optional();

/** True when the name is an IANA time zone that this machine knows. */
export function isIanaTimezone(zone: string): boolean {
  try {
    new Intl.DateTimeFormat("en", { timeZone: zone });
    return true;
  } catch {
    return false;
  }
}

/** The form of an address that is unique among accounts. */
export function emailKeyOf(email: string): string {
  return email.trim().toLowerCase();
}

/** @throws AppError `invalid`, beside the field */
export async function assertGoodPassword(password: string, owner: PasswordOwner): Promise<void> {
  const problem = await passwordProblem(password, owner);
  if (problem) throw new AppError("invalid", "Some fields are invalid.", { fields: { password: problem } });
}
