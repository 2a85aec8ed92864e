import { expect, test } from "vitest";
import { reportSnippets } from "./report-snippets";

const SECRETS = { token: "t".repeat(43), uuid: "0b4a9f3e-1111-4222-8333-444455556666" };
const MAIL = { address: `${SECRETS.uuid}@mail.example`, port: 2525 };

test("every snippet names an address of this job, under the address of Belfry", () => {
  for (const base of ["https://belfry.example", "http://nas:3000"]) {
    const snippets = reportSnippets(base, SECRETS, { timezone: "Europe/Berlin", mailTo: MAIL });
    expect(new Set(snippets.map(({ id }) => id)).size).toBe(snippets.length);
    for (const { id, text } of snippets) {
      expect(text.includes(SECRETS.uuid) || text.includes(SECRETS.token), id).toBe(true);
      expect(text, id).toContain(
        id === "mail-cron" ? "@mail.example" : new URL(base)[id.startsWith("mail") ? "hostname" : "host"],
      );
      expect(text, id).not.toContain("undefined");
    }
  }
});

test("the scheme of Apprise's addresses follows that of Belfry", () => {
  const of = (base: string) =>
    reportSnippets(base, SECRETS, { timezone: "UTC", mailTo: null }).find(({ id }) => id === "apprise")?.text;
  expect(of("https://belfry.example")).toMatch(/^jsons:\/\/belfry\.example\/in\//);
  expect(of("http://nas:3000")).toMatch(/^json:\/\/nas:3000\/in\//);
});

test("the script for PowerShell reports a command that cannot be started, and exit codes beyond 255, as failures", () => {
  const made = reportSnippets("http://nas:3000", SECRETS, { timezone: "UTC", mailTo: null });
  const lines = made.find(({ id }) => id === "powershell")?.text.split("\n") ?? [];
  const at = lines.findIndex((line) => line.includes("your-backup-command"));
  expect(lines[at - 1]).toBe("$global:LASTEXITCODE = 0");
  expect(lines[at]).toContain('catch { $output = "$_"; $global:LASTEXITCODE = 1 }');
  expect(lines[at + 1]).toMatch(/-le 255\) .* else \{ "fail" \}$/);
  expect(lines[at + 2]).toContain('/$end" -Body');
});
