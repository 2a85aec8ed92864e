import { expect, test } from "vitest";
import { skipReason } from "./skip-reason";

const SOFT = "Command exited with soft failure exit code (75); skipping remaining repository actions.";

test.each([
  ["the line that says so", `Pinging Healthchecks start\nlocal: ${SOFT}\n`, `local: ${SOFT}`],
  ["an archive was made of another repository", `a: Creating archive\nb: ${SOFT}`, null],
  ["with statistics of an archive", `${SOFT}\nArchive name: web-2026`, null],
  ["a backup", "Creating archive", null],
  ["nothing", null, null],
])("%s", (_, log, reason) => {
  expect(skipReason([{ message: null, log }])).toBe(reason);
});

test("an archive in any of the texts counts for all of them", () => {
  const texts = [
    { message: null, log: SOFT },
    { message: "Creating archive", log: null },
  ];
  expect(skipReason(texts)).toBeNull();
});
