import { expect, test } from "vitest";
import type { Signal } from "./contract";
import { receive } from "./testing/receive";

const push = (...values: [string, string][]) =>
  JSON.stringify({ streams: [{ stream: { app: "borgmatic", config: "new-default.yaml", hostname: "vm" }, values }] });

const PUSHES: [string, string, Signal[]][] = [
  ["start", push(["1795188482068339814", "Started backup"]), [{ state: "start", startedAt: 1_795_188_482_068 }]],
  ["finish", push(["1795188483068339814", "Finished backup"]), [{ state: "success", finishedAt: 1_795_188_483_068 }]],
  ["fail", push(["1795188483068339814", "Failed backup"]), [{ state: "failure", finishedAt: 1_795_188_483_068 }]],
  [
    "1.9.0, with the path in front and both lines at the end",
    push(
      ["1795188482000000000", "/etc/borgmatic/config.yaml: Started backup"],
      ["1795188489999999999", "/etc/borgmatic/config.yaml: Failed backup"],
    ),
    [
      { state: "start", startedAt: 1_795_188_482_000 },
      { state: "failure", startedAt: 1_795_188_482_000, finishedAt: 1_795_188_489_999 },
    ],
  ],
  [
    "the whole log",
    push(
      ["1795188482000000000", "Started backup"],
      ["1795188483000000000", "Creating archive"],
      ["1795188484000000000", "Repository x does not exist."],
      ["1795188485000000000", "Failed backup"],
    ),
    [
      { state: "start", startedAt: 1_795_188_482_000 },
      { state: "log", log: "Creating archive\nRepository x does not exist." },
      {
        state: "failure",
        startedAt: 1_795_188_482_000,
        finishedAt: 1_795_188_485_000,
        message: "Repository x does not exist.",
      },
    ],
  ],
  ["lines only", push(["1", "a"], ["2", "b"]), [{ state: "log", log: "a\nb" }]],
  ["an empty stream", '{"streams":[{"stream":{},"values":[]}]}', []],
  [
    "structured metadata",
    '{"streams":[{"stream":{},"values":[["1795188482000000000","Started backup",{"a":"b"}]]}]}',
    [{ state: "start", startedAt: 1_795_188_482_000 }],
  ],
];

test.each(PUSHES)("%s", (_, body, signals) => {
  for (const address of ["/in/TOKEN/loki", "/in/TOKEN/loki/loki/api/v1/push"]) {
    expect(receive(`POST ${address}`, { body })).toEqual({ signals, answer: { status: 204, body: "" } });
  }
});

test.each(["", "{", "{}", '{"streams":[{"values":[["1"]]}]}', '{"streams":[{"values":[[1,2]]}]}'])(
  "%j is refused",
  (body) => {
    expect(receive("POST /in/TOKEN/loki", { body })).toMatchObject({ signals: [], answer: { status: 400 } });
  },
);

test("a push with more starts and ends than anything has is refused", () => {
  const values = Array.from({ length: 101 }, (): [string, string] => ["1795188482068339814", "Failed backup"]);
  expect(receive("POST /in/TOKEN/loki", { body: push(...values.slice(1)) }).signals).toHaveLength(100);
  expect(receive("POST /in/TOKEN/loki", { body: push(...values) })).toMatchObject({
    signals: [],
    answer: { status: 400 },
  });
});

test("of a push that was too long its text is kept, and a failure in it counts", () => {
  const body = '{"streams":[{"stream":{},"values":[["1","lin\n…e"],["2","Failed backup"]]}]}';
  expect(receive("POST /in/TOKEN/loki", { body, isCut: true }).signals).toEqual([
    { state: "log", log: body },
    { state: "failure" },
  ]);
});
