import type { SignalState } from "@/lib/core/signal";
import { defineReceiver, type Reading, type ReceivedRequest, type Signal } from "./contract";
import { refuse, refuseMethod, textReply } from "./kit/answers";
import { fieldText, membersOf, momentOf, readFields } from "./kit/fields";
import { noticeSignal } from "./kit/notice";

const METHODS = ["POST", "PUT"];

/** The body for a webhook target of Proxmox VE or Proxmox Backup Server. @see https://pve.proxmox.com/pve-docs/chapter-notifications.html */
export const PROXMOX_TEMPLATE = `{
  "title": "{{ escape title }}",
  "message": "{{ escape message }}",
  "severity": "{{ severity }}",
  "timestamp": "{{ timestamp }}",
  "fields": {{ json fields }}
}`;

const SEVERITIES: Record<string, SignalState> = { error: "failure", warning: "warning" };
/** What it reports with `info` or `notice` when it has worked; other messages only say something. */
const TASKS = new Set(["vzdump", "replication", "gc", "prune", "sync", "verify", "tape-backup"]);
const UNITS_MS: Record<string, number> = { d: 86_400_000, h: 3_600_000, min: 60_000, m: 60_000, s: 1_000 };
const SIZES: Record<string, number> = { "": 1, K: 1_024, M: 1_024 ** 2, G: 1_024 ** 3, T: 1_024 ** 4 };

/** Proxmox's notifications, in the form of the template. */
export const proxmoxReceiver = defineReceiver({ id: "proxmox", name: "Proxmox", read: readNotification });

function readNotification(request: ReceivedRequest): Reading {
  if (!METHODS.includes(request.method)) return refuseMethod(METHODS);
  const body = readFields(request);
  const [title, text] = body ? [fieldText(body, "title"), fieldText(body, "message")] : ["", ""];
  if (!body || (title === "" && text === "")) {
    return refuse(textReply("The body is not in the form of the template: it has neither a title nor a message.", 400));
  }
  const fields = membersOf(body.get("fields"));
  const severity = fieldText(body, "severity").toLowerCase();
  const isTask = TASKS.has(fieldText(fields, "type")) && (severity === "info" || severity === "notice");
  const stated =
    (Object.hasOwn(SEVERITIES, severity) ? SEVERITIES[severity] : undefined) ?? (isTask ? "success" : null);
  const host = fieldText(fields, "hostname");
  const named = host === "" || title.includes(host) ? title : `${host}: ${title}`;
  const finishedAt = momentOf(body.get("timestamp"));
  const signal: Signal = {
    ...noticeSignal({ title: named, text }, stated),
    ...(finishedAt !== undefined && { finishedAt }),
    ...readTotals(text),
  };
  return { signals: [signal], answer: textReply("OK") };
}

/** The last lines of a backup's report: `Total running time: 1min 5s`, `Total size: 1.174 GiB`. */
function readTotals(text: string): Pick<Signal, "durationMs" | "bytes"> {
  const time = /^Total running time: (.{1,60})$/m.exec(text)?.[1] ?? "";
  const parts = [...time.matchAll(/(\d{1,6})\s?(min|d|h|m|s)\b/g)];
  const durationMs = parts.reduce((sum, [, count, unit]) => sum + Number(count) * (UNITS_MS[unit ?? ""] ?? 0), 0);
  const size = /^Total size: (\d{1,9}(?:\.\d{1,9})?) ([KMGT]?)i?B$/m.exec(text);
  const bytes = size && Math.round(Number(size[1]) * (SIZES[size[2] ?? ""] ?? 1));
  return { ...(parts.length > 0 && { durationMs }), ...(bytes !== null && { bytes }) };
}
