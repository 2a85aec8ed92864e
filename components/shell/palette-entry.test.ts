import { expect, test } from "vitest";
import { LIMITED_NAVIGATION, NAVIGATION } from "./navigation";
import { fixedEntries, matchEntries, searchEntries } from "./palette-entry";

const admin = { isAdmin: true, isOperator: true, mayEdit: true };
const viewer = { isAdmin: false, isOperator: false, mayEdit: false };
const labels = (entries: { label: string }[]) => entries.map(({ label }) => label);

test("actions are those of the reader's role", () => {
  const actions = (entries: { kind: string; label: string }[]) =>
    labels(entries.filter(({ kind }) => kind === "Action"));
  expect(actions(fixedEntries(NAVIGATION, admin))).toContain("New channel");
  expect(actions(fixedEntries(NAVIGATION, { ...admin, isAdmin: false }))).toEqual([
    "New job",
    "New silence",
    "Restore a backup",
  ]);
  expect(actions(fixedEntries(NAVIGATION, viewer))).toEqual([]);
});

test("an account that is limited to some clients is led to no page that it has not", () => {
  expect(labels(fixedEntries(LIMITED_NAVIGATION, viewer))).not.toContain("Settings: Audit log");
  expect(labels(searchEntries(LIMITED_NAVIGATION, "a"))).toEqual(["Search “a” in Runs", "Search “a” in Inbox"]);
});

test.each([
  ["jobs", "Jobs"],
  ["audit", "Settings: Audit log"],
  ["new ch", "New channel"],
  ["action user", "New user"],
])("%s finds %s first", (text, label) => {
  expect(labels(matchEntries(fixedEntries(NAVIGATION, admin), text))[0]).toBe(label);
});
