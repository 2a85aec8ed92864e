import { z } from "zod";

/** An absolute path as people type it. NUL and line breaks are in no sane path, and would break lists of them. */
export const absolutePath = z
  .string()
  .trim()
  .min(1, "Enter a path.")
  .max(4096, "A path has at most 4,096 characters.")
  .refine((path) => path.startsWith("/"), "Enter the whole path, beginning with /.")
  .refine((path) => [...path].every((letter) => letter >= " "), "A path has no line breaks or control characters.")
  .refine((path) => !path.split("/").includes(".."), "Enter the path without “..” in it.");
