import { expect, test } from "vitest";
import { RECEIVED_AT, receive, TOKEN } from "./testing/receive";

const BODY = '{"priority": 5, "title": "A borgmatic FAIL event happened", "message": "Zeile <1> & \\u00e9\\ntwo"}';

test("a message of Apprise", () => {
  const signals = [
    { state: "failure", message: "A borgmatic FAIL event happened: Zeile <1> & é: two", log: "Zeile <1> & é\ntwo" },
  ];
  const headers = { "content-type": "application/json", "x-gotify-key": "GTOKEN123456789" };
  const reading = receive("POST /in/TOKEN/gotify/message", { headers, body: BODY });
  expect(reading.signals).toEqual(signals);
  expect(JSON.parse(reading.answer.body)).toMatchObject({
    id: 1,
    priority: 5,
    title: "A borgmatic FAIL event happened",
    date: new Date(RECEIVED_AT).toISOString(),
  });
  expect(receive("POST /message", { headers: { "x-gotify-key": TOKEN }, body: BODY }).signals).toEqual(signals);
});

test("a form", () => {
  const body = "title=Backup&message=disk+is+full&priority=8";
  expect(receive("POST /in/TOKEN/gotify/message?token=x", { body }).signals).toEqual([
    { state: "unknown", message: "Backup: disk is full" },
  ]);
});

test.each(["", "{}", "{", '{"message":{}}'])("a message without a text is refused as by Gotify: %j", (body) => {
  const { signals, answer } = receive("POST /in/TOKEN/gotify/message", { body });
  expect(signals).toEqual([]);
  expect(answer.status).toBe(400);
  expect(JSON.parse(answer.body)).toMatchObject({ errorDescription: "Field 'message' is required" });
});
