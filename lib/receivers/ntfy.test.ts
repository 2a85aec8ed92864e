import { expect, test } from "vitest";
import type { Signal } from "./contract";
import { RECEIVED_AT, receive } from "./testing/receive";

const FAIL = "A borgmatic FAIL event happened";

test.each<[string, Signal]>([
  [
    `{"topic":"backups","title":"${FAIL}","message":"${FAIL}","priority":3,"tags":["borgmatic"]}`,
    { state: "failure", message: FAIL },
  ],
  // 2.1.0 sends its tags as a text
  [
    `{"topic":"backups","title":"${FAIL}","message":"${FAIL}","priority":"3","tags":"borgmatic,skull"}`,
    { state: "failure", message: FAIL },
  ],
  [
    '{"topic":"backups","title":"Start \\u00e9\\ud83d\\ude00","message":"Watch this","priority":1,"tags":["borgmatic"]}',
    { state: "unknown", message: "Start é😀: Watch this" },
  ],
  // Apprise
  [
    `{"topic": "topic", "title": "${FAIL}", "message": "Zeile <1> & \\u00e9\\ntwo"}`,
    { state: "failure", message: `${FAIL}: Zeile <1> & é: two`, log: "Zeile <1> & é\ntwo" },
  ],
  ['{"topic":"backups"}', { state: "unknown", message: "triggered" }],
])("JSON %s", (body, signal) => {
  const { signals, answer } = receive("POST /in/TOKEN/ntfy", { body, headers: { "content-type": "application/json" } });
  expect(signals).toEqual([signal]);
  expect(JSON.parse(answer.body)).toMatchObject({
    event: "message",
    time: RECEIVED_AT / 1_000,
    id: expect.stringMatching(/^[\w]{12}$/),
  });
});

test("the answer repeats what was published, as ntfy does", () => {
  const { answer } = receive("POST /in/TOKEN/ntfy/", {
    body: `{"topic":"backups","title":"${FAIL}","message":"${FAIL}","priority":3,"tags":"borgmatic,skull"}`,
  });
  expect(JSON.parse(answer.body)).toMatchObject({
    topic: "backups",
    title: FAIL,
    priority: 3,
    tags: ["borgmatic", "skull"],
  });
});

const STATES = [
  ["Borgmatic START", "start", "default", "borgmatic"],
  ["Borgmatic FINISH", "success", "default", "borgmatic"],
  ["Borgmatic FAIL", "failure", "max", "borgmatic,-1,skull"],
  ["borgmatic FAIL", "failure", "urgent", "borgmatic"],
];
test.each(STATES)("headers of 1.7.7 to 2.0: %s", (word, state, priority, tags) => {
  const text = `A ${word} event happened`;
  const headers = { "x-title": text, "x-message": text, "x-priority": priority, "x-tags": tags };
  const { signals, answer } = receive("POST /in/TOKEN/ntfy/backups", { headers });
  expect(signals).toEqual([{ state, message: text }]);
  expect(JSON.parse(answer.body)).toMatchObject({ topic: "backups", message: text, tags: tags?.split(",") });
});

test.each<[string, Record<string, string>, string, Signal]>([
  ["POST", {}, "disk is full", { state: "unknown", message: "disk is full" }],
  ["PUT", { title: "Backup" }, "one\ntwo", { state: "unknown", message: "Backup: one", log: "one\ntwo" }],
  [
    "POST",
    { title: Buffer.from("Sicherung fällig").toString("latin1") },
    "x",
    { state: "unknown", message: "Sicherung fällig: x" },
  ],
  ["POST", { title: "Sicherung f\u00e4llig" }, "x", { state: "unknown", message: "Sicherung fällig: x" }],
  ["POST", { title: "=?UTF-8?B?8J+YgCBvaw==?=" }, "x", { state: "unknown", message: "😀 ok: x" }],
  ["POST", { title: "=?utf-8?q?caf=C3=A9_ok?=" }, "x", { state: "unknown", message: "café ok: x" }],
  ["POST", { "x-message": FAIL }, "", { state: "failure", message: FAIL }],
])("plain %s %j", (method, headers, body, signal) => {
  expect(receive(`${method} /in/TOKEN/ntfy/backups`, { headers, body }).signals).toEqual([signal]);
});

test("a GET counts only where it publishes", () => {
  expect(receive("GET /in/TOKEN/ntfy/backups/publish?title=T&message=M").signals).toEqual([
    { state: "unknown", message: "T: M" },
  ]);
  expect(receive("GET /in/TOKEN/ntfy/backups")).toMatchObject({ signals: [], answer: { status: 405 } });
});
