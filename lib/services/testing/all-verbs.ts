import { readdirSync } from "node:fs";
import path from "node:path";
import type { Verb } from "@/lib/services/verb";

const FOLDER = path.join(process.cwd(), "lib/services");

/** Every verb that a file in `lib/services` exports, by name. */
export async function allVerbs(): Promise<Verb[]> {
  const files = readdirSync(FOLDER, { recursive: true, encoding: "utf8" }).filter(
    (file) => file.endsWith(".ts") && !file.endsWith(".test.ts") && !file.includes("testing/"),
  );
  const found = new Set<Verb>();
  for (const file of files) {
    const exported: Record<string, unknown> = await import(path.join(FOLDER, file));
    for (const value of Object.values(exported)) if (isVerb(value)) found.add(value);
  }
  return [...found].sort((a, b) => a.name.localeCompare(b.name));
}

function isVerb(value: unknown): value is Verb {
  return typeof value === "object" && value !== null && "permission" in value && "call" in value && "changes" in value;
}
