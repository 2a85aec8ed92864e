import { describe, expect, it } from "vitest";
import { describeAuditEntry, describeVerb } from "./audit-labels";

it("says what was only tried", () => {
  expect(describeAuditEntry({ verb: "artifacts.download", detail: { refused: "forbidden" } })).toBe(
    "Refused: Downloaded a backup of",
  );
  expect(describeAuditEntry({ verb: "runs.log", detail: null })).toBe("Read the log of");
});

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
