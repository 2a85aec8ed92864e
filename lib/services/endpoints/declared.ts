import type { EndpointKind } from "./kind";

/** Kinds whose declaration has no `summary` yet are summarized by the fields that usually say where they are. */
export function declaredSummary(kind: EndpointKind, config: Record<string, unknown>): string {
  if ("summary" in kind && typeof kind.summary === "function") return String(kind.summary(config));
  const text = (name: string) => (typeof config[name] === "string" ? config[name] : "");
  if (text("path")) return text("path");
  if (!text("host")) return "";
  const port = typeof config.port === "number" ? `:${config.port}` : "";
  return `${text("user") && `${text("user")}@`}${text("host")}${port}${text("database") && `/${text("database")}`}`;
}

const TAGLINES: Record<string, string> = {
  sqlite: "A database in one file. Copied consistently while it is in use.",
  directory: "A folder with all that is in it, as a tar archive.",
  postgres: "One database of a server, with pg_dump.",
  local: "A folder on this machine, or one that is mounted here.",
};

export function declaredTagline(kind: EndpointKind): string {
  return "tagline" in kind && typeof kind.tagline === "string" ? kind.tagline : (TAGLINES[kind.id] ?? "");
}
