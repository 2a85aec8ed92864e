import { z } from "zod";
import { type FieldMeta, field } from "@/lib/core/form-field";

/** An absolute path as people type it. NUL and line breaks are in no sane path, and would break lists of them. */
export const absolutePath = z
  .string()
  .trim()
  .min(1, "Enter a path.")
  .max(4096, "A path has at most 4,096 characters.")
  .refine((path) => path.startsWith("/"), "Enter the whole path, beginning with /.")
  .refine((path) => [...path].every((letter) => letter >= " "), "A path has no line breaks or control characters.")
  .refine((path) => !path.split("/").includes(".."), "Enter the path without “..” in it.");

/** A pattern of what is left out, as in a .gitignore. */
export const excludePattern = z
  .string()
  .max(500, "A pattern has at most 500 characters.")
  .refine((text) => [...text].every((letter) => letter >= " "), "A pattern has no line breaks or control characters.");

/** A field that holds the path of a file or folder on this machine. Only what is declared so is read or written. */
export function pathField(meta: Pick<FieldMeta, "label" | "help" | "placeholder">): typeof absolutePath {
  return field(absolutePath, { ...meta, place: "path" });
}
