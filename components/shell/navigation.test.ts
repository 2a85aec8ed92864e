import { existsSync } from "node:fs";
import { expect, it } from "vitest";
import { activeItem, NAVIGATION } from "./navigation";

it("finds the section of an address and of those below it, and the overview only at its own", () => {
  expect(activeItem(NAVIGATION, "/")?.label).toBe("Overview");
  expect(activeItem(NAVIGATION, "/jobs/job_1/notifications")?.label).toBe("Jobs");
  expect(activeItem(NAVIGATION, "/jobsearch")).toBeUndefined();
  expect(activeItem(NAVIGATION, "/settings/email")?.label).toBe("Settings");
});

it("links only to pages that exist", () => {
  const missing = NAVIGATION.flatMap(({ items }) => items)
    .map(({ href }) => `app/(console)${href === "/" ? "" : href}/page.tsx`)
    .filter((file) => !existsSync(new URL(`../../${file}`, import.meta.url)));
  expect(missing).toEqual([]);
});
