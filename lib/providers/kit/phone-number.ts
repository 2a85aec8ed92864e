import { z } from "zod";

/** A number in ITU-T E.164 form: + and country code, without spaces. */
export const phoneNumber = z
  .string()
  .trim()
  .regex(/^\+[1-9]\d{7,14}$/, "Enter the number with its country code, such as +491701234567.");
