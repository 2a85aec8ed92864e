import { readFile } from "node:fs/promises";
import path from "node:path";

/** The page of the documentation about a service, as Markdown; null where the installation has none. @param provider its id, as the registry gives it */
export async function channelGuide(provider: string): Promise<string | null> {
  if (!/^[a-z0-9-]+$/.test(provider)) return null;
  const file = path.join(/* turbopackIgnore: true */ process.cwd(), "docs", "channels", `${provider}.md`);
  return readFile(file, "utf8").catch(() => null);
}
