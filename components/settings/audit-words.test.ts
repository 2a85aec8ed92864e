import { describe, expect, it } from "vitest";
import { verbText } from "./audit-words";

describe("verbText", () => {
  it.each([
    ["users.unlock", "Lifted the block of"],
    ["channels.create", "Created channel"],
    ["settings.emailUpdate", "Changed email settings"],
    ["settings.notificationsUpdate", "Changed notifications settings"],
    ["configBackup.run", "Started config backup"],
    ["config-backup.update", "Changed config backup"],
    ["odd", "odd"],
  ])("says %s as “%s”", (verb, words) => {
    expect(verbText(verb)).toBe(words);
  });
});
