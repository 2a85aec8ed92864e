import { expect, it } from "vitest";
import { packDays, unpackDays } from "./packed-days";

const NONE = { success: 0, warning: 0, failure: 0, bytes: 0 };

it("days are the same again, also across a change of the clock and the end of a year", () => {
  const days = [
    { ...NONE, day: "2026-10-24" },
    { day: "2026-10-25", success: 2, warning: 0, failure: 1, bytes: 309_000_000 },
    { ...NONE, day: "2026-10-26", warning: 3 },
  ];
  const packed = packDays(days);
  expect(packed).toBe("2026-10-24;;2,,1,309000000;,3");
  expect(unpackDays(packed)).toEqual(days);
  const turn = ["2026-12-31", "2027-01-01"].map((day) => ({ ...NONE, day, success: 1 }));
  expect(unpackDays(packDays(turn))).toEqual(turn);
});

it("days without bytes have none, and no days are none", () => {
  expect(unpackDays(packDays([{ day: "2026-11-20", success: 1, warning: 0, failure: 0 }]))).toEqual([
    { ...NONE, day: "2026-11-20", success: 1 },
  ]);
  expect(unpackDays(packDays([]))).toEqual([]);
});
