import { expect, test } from "vitest";
import type { Signal } from "./contract";
import { PROXMOX_TEMPLATE } from "./proxmox";
import { receive } from "./testing/receive";

const MESSAGE = `Details
=======
VMID    Name         Status    Time       Size           Filename
100     pfsense      ok        1min 2s    1.2 GiB        vm/100/2026-09-28T01:00:02Z
102     mc-node-1    err       3s         0 B            null

Total running time: 1min 5s
Total size: 1.174 GiB

Logs
====
100: 2026-09-28 01:00:02 INFO: Starting Backup of VM 100 (qemu)
102: 2026-09-28 01:01:05 ERROR: Backup of VM 102 failed - timeout`;

/** What Proxmox makes of the template. */
function filled(
  severity: string,
  fields: object,
  title = "vzdump backup status (pve.example): backup failed",
  message = MESSAGE,
) {
  const escaped = (text: string) => JSON.stringify(text).slice(1, -1);
  return PROXMOX_TEMPLATE.replace("{{ escape title }}", () => escaped(title))
    .replace("{{ escape message }}", () => escaped(message))
    .replace("{{ severity }}", severity)
    .replace("{{ timestamp }}", "1790557265")
    .replace("{{ json fields }}", () => JSON.stringify(fields));
}

test("a failed backup", () => {
  const body = filled("error", { type: "vzdump", hostname: "pve", "job-id": "backup-1" });
  const { signals, answer } = receive("POST /in/TOKEN/proxmox", { body });
  expect(signals).toEqual([
    {
      state: "failure",
      message:
        "vzdump backup status (pve.example): backup failed: Details: 102: 2026-09-28 01:01:05 ERROR: Backup of VM 102 failed - timeout",
      log: MESSAGE,
      finishedAt: 1_790_557_265_000,
      durationMs: 65_000,
      bytes: Math.round(1.174 * 1_024 ** 3),
    },
  ]);
  expect(answer.status).toBe(200);
});

test.each<[string, object, Signal["state"]]>([
  ["info", { type: "vzdump", hostname: "pve" }, "success"],
  ["notice", { type: "prune" }, "success"],
  ["info", { type: "sync" }, "success"],
  ["info", { type: "package-updates" }, "unknown"],
  ["info", {}, "unknown"],
  ["unknown", { type: "system-mail" }, "unknown"],
  ["warning", { type: "vzdump" }, "warning"],
  ["error", { type: "fencing" }, "failure"],
  ["error", {}, "failure"],
])("severity %s with %j", (severity, fields, state) => {
  const body = filled(severity, fields, "Title", "Text");
  expect(receive("POST /in/TOKEN/proxmox", { body }).signals[0]).toMatchObject({ state });
});

test("the name of the host is said once", () => {
  const message = (title: string) =>
    receive("POST /in/TOKEN/proxmox", { body: filled("info", { hostname: "pve" }, title, "x") }).signals[0]?.message;
  expect(message("Test")).toBe("pve: Test: x");
  expect(message("Test of pve")).toBe("Test of pve: x");
});

test.each(["", "{", "{}", '{"severity":"error"}'])("%j is refused", (body) => {
  expect(receive("POST /in/TOKEN/proxmox", { body })).toMatchObject({ signals: [], answer: { status: 400 } });
});
