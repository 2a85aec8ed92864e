import { z } from "zod";
import { AppError } from "@/lib/core/errors";

/** In place of an archive's name: the newest one. */
export const LATEST_ARCHIVE = "latest";

/** As long as borg and restic name archives, with room. */
export const archiveField = z
  .string()
  .min(1, "Name the archive.")
  .max(255, "At most 255 characters.")
  .meta({ description: "Its name (of restic, its id), or `latest`: the newest archive of the repository" });

/** A path below the root of an archive: no leading slash, and nothing that leads elsewhere. Empty: the root. */
export const archivePathField = z
  .string()
  .max(4_096, "At most 4,096 characters.")
  .refine(
    (path) => path === "" || path.split("/").every((name) => name !== "" && name !== "." && name !== ".."),
    "Enter a path below the root of the archive, without a leading slash and without “..”.",
  );

export const noSuchEntry = () => new AppError("not_found", "There is no such path in the archive.");
