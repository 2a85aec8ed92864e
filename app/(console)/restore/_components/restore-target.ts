export type RestoresTo = "file" | "directory" | "database";

export const TARGET_LABEL: Record<RestoresTo, string> = { file: "File", directory: "Folder", database: "Database" };

/** The target as the server names it: a path without doubled, trailing or dotted parts. */
export function normalizeTarget(text: string, restoresTo: RestoresTo): string {
  const trimmed = text.trim();
  if (restoresTo === "database") return trimmed;
  return trimmed.replaceAll(/\/(\.?\/)+/g, "/").replace(/(?<=.)\/\.?$/, "");
}

/** A target that most likely does not exist yet. */
export function suggestTarget(restoresTo: RestoresTo, name: string, folder: string): string {
  if (restoresTo === "database") return name;
  return `${folder.replace(/\/$/, "")}/${name}${restoresTo === "file" ? ".db" : ""}`;
}

/** @param roots what administrators may restore into beside the folder: BELFRY_RESTORE_ROOTS */
export function targetHelp(restoresTo: RestoresTo, isAdmin: boolean, folder: string, roots: readonly string[]): string {
  if (restoresTo === "database") return "A new name creates a new database. If it exists, you are asked first.";
  const what = restoresTo === "file" ? "A new file" : "A folder; it is created if it does not exist";
  if (!isAdmin) return `${what}, inside ${folder}.`;
  const others = roots.length > 0 ? `, inside ${roots.join(", ")}` : "";
  return `${what}: inside ${folder}${others}, or over what was backed up. BELFRY_RESTORE_ROOTS allows more folders, and the command belfry restore any. If the target exists, you are asked first.`;
}
