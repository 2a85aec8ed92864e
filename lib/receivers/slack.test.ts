import { expect, test } from "vitest";
import type { Signal } from "./contract";
import { receive } from "./testing/receive";

const attachment = (color: string) => ({
  color,
  title: "Nightly",
  text: "of vm",
  fields: [{ title: "Repository", value: "main" }],
});

test.each<[unknown, Signal]>([
  [
    { text: "Backup &lt;vm&gt; failed: <https://log.example/1|log>" },
    { state: "unknown", message: "Backup <vm> failed: log" },
  ],
  [{ text: "A borgmatic FAIL event happened" }, { state: "failure", message: "A borgmatic FAIL event happened" }],
  [
    { attachments: [attachment("danger")] },
    { state: "failure", message: "Nightly: of vm: Repository: main", log: "of vm\nRepository: main" },
  ],
  [
    { text: "Done", attachments: [attachment("good")] },
    { state: "unknown", message: "Done: Nightly", log: "Nightly\nof vm\nRepository: main" },
  ],
  [
    { attachments: [{ color: "warning", fallback: "Two files vanished" }] },
    { state: "warning", message: "Two files vanished" },
  ],
  [
    {
      text: "Backup",
      blocks: [
        { type: "header", text: { type: "plain_text", text: "Backup" } },
        { type: "section", fields: [{ type: "mrkdwn", text: "*Host:* vm" }] },
        { type: "rich_text", elements: [{ type: "rich_text_section", elements: [{ type: "text", text: "ended" }] }] },
      ],
    },
    { state: "unknown", message: "Backup: *Host:* vm", log: "*Host:* vm\nended" },
  ],
])("%j", (payload, signal) => {
  const json = JSON.stringify(payload);
  const bodies = [json, `payload=${encodeURIComponent(json)}`];
  for (const body of bodies) {
    expect(receive("POST /in/TOKEN/slack/services/T/B/x", { body })).toMatchObject({
      signals: [signal],
      answer: { status: 200, body: "ok" },
    });
  }
  expect(receive("POST /in/TOKEN/discord/slack", { body: json }).signals).toEqual([signal]);
});

test.each([
  ["", "invalid_payload"],
  ["{", "invalid_payload"],
  ["{}", "no_text"],
  ['{"text":""}', "no_text"],
  ['{"blocks":[[[[[[[[[["x"]]]]]]]]]]}', "no_text"],
])("%j is refused as by Slack", (body, answer) => {
  expect(receive("POST /in/TOKEN/slack", { body })).toMatchObject({
    signals: [],
    answer: { status: 400, body: answer },
  });
});
