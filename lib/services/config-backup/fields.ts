import { z } from "zod";
import { PASSPHRASE_MIN } from "@/lib/jobs/config/settings";

/** Encrypts a configuration backup. Anyone who has it and the file can read every secret. */
export const newPassphrase = z
  .string()
  .min(PASSPHRASE_MIN, `Use at least ${PASSPHRASE_MIN} characters.`)
  .max(500, "Use at most 500 characters.");
