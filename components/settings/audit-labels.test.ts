import { describe, expect, it } from "vitest";
import { describeVerb } from "./audit-labels";

describe("describeVerb", () => {
  it.each([
    ["users.unlock", "Unlocked"],
    ["channels.create", "Created channel"],
    ["settings.email.update", "Changed settings:"],
    ["jobs.update", "Changed job"],
    ["configBackup.run", "Started config backup"],
    ["config-backup.update", "Changed config backup"],
    ["odd", "odd"],
  ])("describes %s as “%s”", (verb, text) => {
    expect(describeVerb(verb)).toBe(text);
  });
});
