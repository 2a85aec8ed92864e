import { slugsLike } from "@/db/queries/jobs";

const MAX = 48;

/** A name in letters that fit folders and file names: `Shop, production` → `shop-production`. Without any such letter: `job`. */
export function slugOf(name: string): string {
  const plain = name
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .slice(0, MAX)
    .replace(/^-|-$/g, "");
  return plain || "job";
}

/** A slug that no other job has. */
export async function freeSlug(name: string): Promise<string> {
  const base = slugOf(name);
  return numberedSlug(base, new Set(await slugsLike(base)));
}

/** The slug itself, or with the first number that makes it free. */
export function numberedSlug(base: string, taken: ReadonlySet<string>): string {
  if (!taken.has(base)) return base;
  let number = 2;
  while (taken.has(`${base}-${number}`)) number++;
  return `${base}-${number}`;
}
