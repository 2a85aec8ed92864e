import { z } from "zod";

/** A number as networks want it: + and country code, without blanks. ITU-T E.164. */
export const phoneNumber = z
  .string()
  .trim()
  .regex(/^\+[1-9]\d{7,14}$/, "Enter the number with its country code, such as +491701234567.");
