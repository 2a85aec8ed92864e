import { expect, test } from "vitest";
import { redactAddresses } from "./redact-addresses";

test("addresses of services that take reports lose what gives access", () => {
  const text =
    "GET https://kuma.example/api/push/abcd1234efgh?status=up and ssh://backup:hunter2@nas.example/repo, https://h.example/ping/11111111-2222-3333-4444-555555555555/start";
  expect(redactAddresses(text)).toBe(
    "GET https://kuma.example/api/push/••••?status=up and ssh://backup:••••@nas.example/repo, https://h.example/ping/••••",
  );
});

test("ordinary text stays as it is", () => {
  for (const text of [
    "Creating archive at /mnt/backup/repo::nas-2026",
    "12:30: done, mail to ana@example.org",
    "/home/in/documents/x",
  ])
    expect(redactAddresses(text)).toBe(text);
});
