import { describe, expect, it } from "vitest";
import { verbText } from "./audit-labels";

describe("verbText", () => {
  it.each([
    ["users.unlock", "Lifted the block of"],
    ["channels.create", "Created channel"],
    ["settings.email.update", "Changed settings:"],
    ["jobs.update", "Changed job"],
    ["configBackup.run", "Started config backup"],
    ["config-backup.update", "Changed config backup"],
    ["odd", "odd"],
  ])("says %s as “%s”", (verb, words) => {
    expect(verbText(verb)).toBe(words);
  });
});
