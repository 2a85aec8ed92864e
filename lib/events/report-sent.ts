import { z } from "zod";
import { defineEvent } from "./define-event";
import { type ReportData, reportData } from "./report-data";
import { reportText } from "./report-text";

const DAY_MS = 86_400_000;

const sampleReport = (now: number): ReportData => ({
  period: "daily",
  from: now - (now % DAY_MS) - DAY_MS,
  to: now - (now % DAY_MS),
  timezone: "UTC",
  jobs: 44,
  succeeded: 41,
  warned: 0,
  failed: 2,
  canceled: 0,
  missed: 1,
  unfinished: 0,
  failures: {
    count: 1,
    items: [{ name: "shop-production", kind: "backup", times: 2, error: "nas.example.org:22: connection refused" }],
  },
  misses: { count: 1, items: [{ name: "mail archive", slots: 1 }] },
  open: { count: 1, items: [{ title: "Backup Failed: shop-production", since: now - 2 * DAY_MS }] },
  quiet: { count: 1, items: [{ what: "job", name: "old wiki" }] },
  growth: [{ name: "shop-production", bytes: 8_400_000_000, before: 8_100_000_000 }],
});

/** Raised by a report that was due, and by nothing else. It goes to the channel or the user that asked for it. */
export const reportSent = defineEvent({
  type: "report.sent",
  name: "Report",
  category: "System",
  description: "A daily or weekly report was due",
  tone: "info",
  severity: "info",
  data: z.object({ report: reportData.optional() }),
  audience: "addressee",
  repeat: "every",
  isReport: true,
  entersInbox: false,
  link: () => ({ label: "Open Belfry", url: "/" }),
  text: ({ data: { report } }) =>
    report ? reportText(report) : { title: "Report", message: "The report has no content.", fields: [] },
  sample: (now) => ({
    subject: { kind: "channel", id: "chn_sample", name: "ops" },
    data: { report: sampleReport(now) },
  }),
});
