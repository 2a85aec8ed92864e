import { describe, expect, test } from "vitest";
import { readMailAddress } from "./mail-address";
import { receive, TOKEN } from "./testing/receive";

const UUID = "11111111-1111-4111-8111-555555555555";

function read(subject: string, text = "", said = "") {
  const body = JSON.stringify({ subject, text });
  const [signal] = receive(`POST /in/TOKEN/mail${said && `/${said}`}`, { body }).signals;
  return signal;
}

describe("the state of a mail", () => {
  test.each([
    // Synology, QNAP, TrueNAS, Proxmox, Veeam, Bacula, Duplicati, Windows Server Backup, in the words of their mails.
    ["[DiskStation] Data backup completed on nas", "", "success"],
    ["[nas] Backup task Local 1 has been completed successfully", "", "success"],
    ["[nas] Backup task Local 1 failed", "", "failure"],
    ["[nas] Data backup partially completed", "", "warning"],
    ["[nas] Datensicherung fehlgeschlagen", "", "failure"],
    ["[nas] Die Datensicherung wurde erfolgreich abgeschlossen", "", "success"],
    ["[nas] Datensicherung nicht abgeschlossen", "", "failure"],
    [
      "[Info][NAS] Notification from your device",
      'Severity: Info\nMessage: [HBS 3] Finished Backup job: "a".',
      "unknown",
    ],
    ["[Error][NAS] Notification from your device", "Severity: Error\nMessage: [HBS 3] Failed", "failure"],
    ["[Warning][NAS] Notification from your device", "Severity: Warning", "warning"],
    ["TrueNAS @ nas", 'New alerts:\n* Replication "a - b" failed: No incremental base', "failure"],
    ["vzdump backup status (pve): backup successful", "VMID STATUS\n100 ok", "success"],
    ["vzdump backup status (pve): backup failed: job errors", "", "failure"],
    ["[Success] Backup Job 1 (2 VMs)", "Success 2\nWarning 0\nError 0", "success"],
    ["[Failed] Backup Job 1 (2 VMs) 1 failed", "", "failure"],
    ["Bacula: Backup OK of nas-fd Full", "", "success"],
    ["Bacula: Backup *** Error *** of nas-fd Full", "", "failure"],
    ["Bacula: Backup OK -- with warnings of nas-fd", "", "warning"],
    ["Duplicati Success report for a", "", "success"],
    ["Sauvegarde terminée avec 0 erreur", "", "success"],
    // Weak words of a subject do not outweigh what the text says.
    ["Backup finished", "Files: 12\nErrors: 3", "failure"],
    ["Backup finished", "Files: 12\nErrors: 0\nWarnings = 0", "success"],
    ["Backup finished without errors", "", "success"],
    ["Backup could not be completed", "", "failure"],
    ["Backup was not successful", "", "failure"],
    ["BACKUP UNSUCCESSFUL", "", "failure"],
    ["Backup completed successfully, but 3 files failed", "", "failure"],
    ["Backup report", "3 files were copied", "unknown"],
    ["Test message from nas", "This is a test.", "unknown"],
  ])("%s, %j: %s", (subject, text, state) => {
    expect(read(subject, text)?.state).toBe(state);
  });

  test.each([
    ["", "sent 12 bytes", "unknown"],
    ["", "rsync error: some files could not be transferred (code 23)", "failure"],
    ["", "repository: WARNING lock is old", "warning"],
    ["", "backup of error.log and /srv/failed/one: copied", "unknown"],
    ["", "0 errors, no failures", "unknown"],
    ["success", "error.log: Error 5", "success"],
    ["fail", "sent 12 bytes", "failure"],
    ["nas", "sent 12 bytes", "unknown"],
    ["3", "sent 12 bytes", "failure"],
    ["0", "", "success"],
    ["start", "", "start"],
  ])("cron, by the address +%s, with %j: %s", (said, text, state) => {
    expect(read("Cron <root@nas> /usr/local/bin/backup --on-error failed", text, said)?.state).toBe(state);
  });

  test("a subject of a failure is none, whatever the address says", () => {
    expect(read("Backup failed", "", "success")?.state).toBe("failure");
    expect(read("Backup failed", "", "0")?.state).toBe("failure");
  });

  test("an answer of a machine is kept as a text", () => {
    const body = JSON.stringify({ subject: "Delivery failed", text: "x", automatic: "bounce" });
    expect(receive("POST /in/TOKEN/mail/fail", { body }).signals[0]?.state).toBe("log");
  });
});

test("the subject is one line, and the text is the log", () => {
  expect(read("Backup\r\nBcc: x@example.org\tfailed", "Disk full\nNo space left on device")).toMatchObject({
    message: "Backup Bcc: x@example.org failed: Disk full: No space left on device",
    log: "Disk full\nNo space left on device",
  });
});

test("of a page its text is read", () => {
  const html = `<html><head><title>x</title><style>.error{}</style></head><body><table><tr><td>Job</td><td>Backup &amp; more</td></tr>
<tr><td>Result</td><td>Fehlgeschlagen &#8211; kaputt</td></tr></table><script>success()</script></body></html>`;
  const [signal] = receive("POST /in/TOKEN/mail", { body: JSON.stringify({ subject: "Report", html }) }).signals;
  expect(signal).toMatchObject({ state: "failure", log: "Job Backup & more\nResult Fehlgeschlagen – kaputt" });
});

test("services that take mail and post it", () => {
  const form = "subject=Backup+failed&body-plain=no+space&sender=nas%40example.org";
  expect(receive("POST /in/TOKEN/mail", { body: form }).signals[0]).toMatchObject({ state: "failure" });
  expect(receive("POST /in/TOKEN/mail", { body: '{"Subject":"Backup OK","TextBody":"x"}' }).signals).toHaveLength(1);
  expect(receive("POST /in/TOKEN/mail", { body: "no fields" }).answer.status).toBe(400);
  expect(receive("GET /in/TOKEN/mail").answer).toMatchObject({ status: 405, headers: { Allow: "POST, PUT" } });
});

test.each([
  [`${UUID}@belfry.example`, { credential: { kind: "uuid", uuid: UUID }, path: "" }],
  [`${UUID.toUpperCase()}+FAIL@belfry.example`, { credential: { kind: "uuid", uuid: UUID }, path: "fail" }],
  [`${UUID}+nas+3@[192.0.2.1]`, { credential: { kind: "uuid", uuid: UUID }, path: "3" }],
  [`${TOKEN}+start@x`, { credential: { kind: "token", token: TOKEN }, path: "start" }],
  [
    `${"k".repeat(22)}+My-Job+fail@x`,
    { credential: { kind: "slug", key: "k".repeat(22), slug: "my-job", create: false }, path: "fail" },
  ],
  ["root@localhost", null],
  ["", null],
  ["@", null],
])("the address %s", (recipient, expected) => {
  expect(readMailAddress(recipient)).toEqual(expected);
});
