import { expect, test } from "vitest";
import { receive } from "./testing/receive";

test.each([
  ["GET /in/TOKEN/cronhub/start/1f5e3410", "start"],
  ["GET /in/TOKEN/cronhub/finish/1f5e3410", "success"],
  ["GET /in/TOKEN/cronhub/ping/1f5e3410", "success"],
  ["GET /in/TOKEN/cronhub/fail/1f5e3410", "failure"],
  // what borgmatic makes of /ping/start/x
  ["GET /in/TOKEN/cronhub/fail/fail/x", "failure"],
  ["GET /in/TOKEN/cronhub/start/start/x", "start"],
  ["GET /in/TOKEN/cronhub/start/fail", "failure"],
  ["GET /in/TOKEN/cronhub/Fail/x/", "failure"],
])("%s", (line, state) => {
  expect(receive(line)).toMatchObject({ signals: [{ state }], answer: { status: 200 } });
});

test("an address without a state says nothing", () => {
  expect(receive("GET /in/TOKEN/cronhub/1f5e3410")).toMatchObject({ signals: [], answer: { status: 404 } });
});
