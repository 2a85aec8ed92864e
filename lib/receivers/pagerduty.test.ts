import { expect, test } from "vitest";
import type { Signal } from "./contract";
import { receive } from "./testing/receive";

const send = (body: string) => receive("POST /in/TOKEN/pagerduty/v2/enqueue", { body });
const payload = (severity: string, more = "") =>
  `{"routing_key":"a177","event_action":"trigger","payload":{"summary":"backup failed on vm","severity":"${severity}","source":"vm"${more}}}`;

test("a trigger of borgmatic", () => {
  const details =
    ',"timestamp":"2026-11-20T15:28:18.057372+00:00","component":"borgmatic","group":"backups","class":"backup failure","custom_details":{"hostname":"vm","configuration filename":"x.yaml","server time":"…","logs":"one\\ntwo"}';
  const { signals, answer } = send(payload("error", details));
  expect(signals).toEqual([{ state: "failure", message: "backup failed on vm", log: "one\ntwo" }]);
  expect(answer.status).toBe(202);
  expect(JSON.parse(answer.body)).toEqual({
    status: "success",
    message: "Event processed",
    dedup_key: expect.stringMatching(/^[0-9a-f]{32}$/),
  });
});

test.each<[string, Signal[]]>([
  [payload("critical"), [{ state: "failure", message: "backup failed on vm" }]],
  [payload("warning"), [{ state: "warning", message: "backup failed on vm" }]],
  [payload("info"), [{ state: "unknown", message: "backup failed on vm" }]],
  [payload("odd"), [{ state: "failure", message: "backup failed on vm" }]],
  ['{"event_action":"trigger"}', [{ state: "failure" }]],
  [
    '{"event_action":"trigger","payload":{"severity":"error","custom_details":{"host":"vm","code":2}}}',
    [{ state: "failure", message: "code: 2", log: "host: vm\ncode: 2" }],
  ],
  ['{"event_action":"resolve","dedup_key":"k"}', [{ state: "success" }]],
  ['{"event_action":"acknowledge","dedup_key":"k"}', []],
])("%s", (body, signals) => {
  expect(send(body)).toMatchObject({ signals, answer: { status: 202 } });
});

test("the key of an event is repeated", () => {
  expect(JSON.parse(send('{"event_action":"resolve","dedup_key":"k"}').answer.body)).toMatchObject({ dedup_key: "k" });
});

test.each(["", "{", "{}", '{"event_action":"odd"}', "[]"])("%j is refused as by PagerDuty", (body) => {
  const { signals, answer } = send(body);
  expect(signals).toEqual([]);
  expect(answer.status).toBe(400);
  expect(JSON.parse(answer.body)).toMatchObject({ status: "invalid event" });
});
