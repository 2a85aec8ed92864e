import { expect, test } from "vitest";
import { type PagePlace, pageSteps } from "./page-trail";

/** Goes on from the first page. */
function forward(pages: number): PagePlace[] {
  const seen: PagePlace[] = [{}];
  for (let page = 2; page <= pages; page++) {
    const { next } = pageSteps(seen.at(-1) ?? {}, `job_${page}`);
    seen.push(next ?? {});
  }
  return seen;
}

test("each page leads back to the very page that led to it, down to the first", () => {
  const seen = forward(5);
  expect(seen.at(-1)).toEqual({ cursor: "job_5", before: "first,job_2,job_3,job_4" });
  for (const [index, place] of seen.entries()) {
    const { previous, number } = pageSteps(place, null);
    expect([number, previous]).toEqual([index + 1, seen[index - 1] ?? null]);
  }
});

test("the first page has none before it, the last none behind it", () => {
  expect(pageSteps({}, null)).toEqual({ number: 1, previous: null, next: null });
  expect(pageSteps({ before: "first" }, null).previous).toBeNull();
});

test("an address without a trail, or with anything else in it, names no page before", () => {
  for (const before of [undefined, "", "first,,x", "first,a b", "<script>", "x".repeat(121)])
    expect(pageSteps({ cursor: "job_9", before }, "job_10")).toEqual({
      number: null,
      previous: null,
      next: { cursor: "job_10", before: "job_9" },
    });
});

test("the address stops growing: the farthest pages are left out of it, and the number with them", () => {
  const { cursor, before = "" } = forward(60).at(-1) ?? {};
  expect(before.split(",")).toHaveLength(40);
  expect(pageSteps({ cursor, before }, null)).toMatchObject({ number: null, previous: { cursor: "job_59" } });
});
