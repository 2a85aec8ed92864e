/** Where a source or destination is, in one line, out of the fields that say so: `/srv/files`, `backup@db1/shop`. */
export function endpointSummary(config: Record<string, unknown>): string {
  const word = (name: string) => (typeof config[name] === "string" ? config[name] : "");
  if (word("path")) return word("path");
  if (!word("host")) return "";
  const port = typeof config.port === "number" ? `:${config.port}` : "";
  return `${word("user") && `${word("user")}@`}${word("host")}${port}${word("database") && `/${word("database")}`}`;
}
