import { ENTRY_STATUSES } from "@/lib/core/inbox";
import { SEVERITIES } from "@/lib/core/severity";
import { listAll } from "../all";
import { type Command, type Flags, numberOption, requireOneOf, textOption, UsageError } from "../command";
import { formatTable } from "../table";
import { endOption } from "../time-options";

/** Default number of lines in a list. */
const SHOWN = 50;

export const alertCommands: Command[] = [
  {
    name: ["alerts", "list"],
    usage: "[--status STATUS] [--severity SEVERITY] [--search TEXT] [--limit N]",
    summary: "List the inbox: open alerts, then events, then resolved alerts",
    options: {
      status: { type: "string" },
      severity: { type: "string" },
      search: { type: "string" },
      limit: { type: "string" },
    },
    async run({ flags }, { call }) {
      const [status, severity, q] = ["status", "severity", "search"].map((name) => textOption(flags, name));
      const filters = {
        ...(status !== undefined && { status: requireOneOf(status, ["open", ...ENTRY_STATUSES], "status") }),
        ...(severity !== undefined && { severity: requireOneOf(severity, SEVERITIES, "severity") }),
        ...(q !== undefined && { q }),
      };
      const max = numberOption(flags, "limit") ?? SHOWN;
      const entries = await listAll((page) => call("notifications.list", { ...page, ...filters }), max);
      const rows = entries.map((one) => [
        one.id,
        one.severity,
        one.status,
        one.occurrences,
        one.lastOccurredAt,
        one.title,
      ]);
      const heads = ["ID", "SEVERITY", "STATUS", "TIMES", "LAST", "TITLE"];
      return { json: entries, text: formatTable(heads, rows) };
    },
  },
  {
    name: ["alerts", "show"],
    usage: "ID",
    summary: "Show an entry of the inbox with everything that happened to it",
    positionals: 1,
    async run({ positionals: [id = ""] }, { call }) {
      const entry = await call("notifications.get", { id });
      const facts: [string, string | number | null][] = [
        ["title", entry.title],
        ["severity", entry.severity],
        ["status", entry.status],
        ["times", entry.occurrences],
        ["last", entry.lastOccurredAt],
        ["acknowledged by", entry.acknowledgedBy],
        ["resolved by", entry.resolvedBy],
      ];
      return { json: entry, text: formatTable(["id", entry.id], facts) };
    },
  },
  {
    name: ["alerts", "read"],
    usage: "ID",
    summary: "Mark an entry of the inbox as read, for the command line",
    positionals: 1,
    async run({ positionals: [id = ""] }, { call }) {
      const entry = await call("notifications.read", { id });
      return { json: entry, text: `${entry.title} is marked as read.` };
    },
  },
  {
    name: ["alerts", "read-all"],
    usage: "",
    summary: "Mark the whole inbox as read, for the command line",
    async run(_, { call }) {
      const done = await call("notifications.readAll", {});
      return { json: done, text: "Everything is marked as read." };
    },
  },
  {
    name: ["alerts", "acknowledge"],
    usage: "ID",
    summary: "Acknowledge an alert: it stays open, its reminders end",
    positionals: 1,
    async run({ positionals: [id = ""] }, { call }) {
      const entry = await call("notifications.acknowledge", { id });
      return { json: entry, text: `${entry.title} is acknowledged.` };
    },
  },
  {
    name: ["alerts", "resolve"],
    usage: "ID",
    summary: "Resolve an alert; no recovery notification is sent",
    positionals: 1,
    async run({ positionals: [id = ""] }, { call }) {
      const entry = await call("notifications.resolve", { id });
      return { json: entry, text: `${entry.title} is resolved.` };
    },
  },
  {
    name: ["alerts", "snooze"],
    usage: "ID (--for 8h | --until TIME | --end)",
    summary: "Hold the reminders and the escalation of an alert, for everybody",
    positionals: 1,
    options: { for: { type: "string" }, until: { type: "string" }, end: { type: "boolean" } },
    async run({ positionals: [id = ""], flags }, { call }) {
      const until = snoozeEnd(flags);
      const entry = await call("notifications.snooze", { id, until });
      const text =
        until === null ? `The snooze of ${entry.title} is over.` : `${entry.title} is snoozed until ${until}.`;
      return { json: entry, text };
    },
  },
];

/** @returns ISO 8601; null ends the snooze @throws UsageError */
function snoozeEnd(flags: Flags): string | null {
  const end = endOption(flags, Date.now());
  if ((end === null) !== (flags.end === true)) {
    throw new UsageError("Say until when: --for 30m, 8h or 2d, --until a time, or --end.");
  }
  return end;
}
