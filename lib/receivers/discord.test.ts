import { expect, test } from "vitest";
import type { Signal } from "./contract";
import { receive } from "./testing/receive";

test.each<[unknown, Signal]>([
  [{ content: "Backup of vm failed" }, { state: "unknown", message: "Backup of vm failed" }],
  [{ content: "A borgmatic FAIL event happened" }, { state: "failure", message: "A borgmatic FAIL event happened" }],
  [
    {
      username: "b",
      embeds: [{ title: "Backup", description: "one\ntwo", color: 1, fields: [{ name: "Host", value: "vm" }] }],
    },
    { state: "unknown", message: "Backup: one", log: "one\ntwo\nHost: vm" },
  ],
])("%j", (payload, signal) => {
  const json = JSON.stringify(payload);
  const multipart = `--x\r\nContent-Disposition: form-data; name="payload_json"\r\n\r\n${json}\r\n--x--\r\n`;
  for (const body of [json, multipart]) {
    expect(receive("POST /in/TOKEN/discord/api/webhooks/1/x?wait=true", { body })).toEqual({
      signals: [signal],
      answer: { status: 204, body: "" },
    });
  }
});

test.each(["", "{", "{}", '{"embeds":[{}]}'])("%j is refused as by Discord", (body) => {
  expect(receive("POST /in/TOKEN/discord", { body })).toMatchObject({ signals: [], answer: { status: 400 } });
});
