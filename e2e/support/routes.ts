import { readdirSync } from "node:fs";
import path from "node:path";

const APP = path.resolve(import.meta.dirname, "../../app");

/** Every page of a group of `app/`, as its address with parameters in brackets: `/jobs/[id]`. From the files, so that none is forgotten. */
export function routesOf(group: "(auth)" | "(console)"): string[] {
  return readdirSync(path.join(APP, group), { recursive: true })
    .map(String)
    .filter((file) => path.basename(file) === "page.tsx")
    .map((file) => `/${path.dirname(file).split(path.sep).filter(isShown).join("/")}`)
    .sort();
}

function isShown(segment: string): boolean {
  return segment !== "." && !/^\(.*\)$/.test(segment);
}

/** What the pictures of a page are called. */
export function pictureName(address: string): string {
  return address.replace(/[^\w-]+/g, "-").replace(/^-+|-+$/g, "") || "overview";
}
