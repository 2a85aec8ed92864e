import { expect, test } from "vitest";
import type { Notification } from "@/lib/core/notification";
import type { Preview } from "@/lib/core/preview";
import type { RenderContext } from "./contract";
import { allProviders } from "./registry";

const REPORT: Notification = {
  type: "report.sent",
  typeName: "Report",
  tone: "info",
  severity: "info",
  title: "Daily report: 0 succeeded, 2 failed, 1 missed",
  message: "Thursday, 26 November 2026 (Europe/Berlin).",
  fields: [{ label: "Failed", value: "shop\nwiki" }],
  isReport: true,
  at: Date.UTC(2026, 10, 27, 7),
};
const CONTEXT: RenderContext = {
  deliveryId: "dlv_1",
  eventId: "evt_1",
  threadId: "evt_1",
  isFirst: true,
  recipient: "",
  because: "the report settings",
  now: REPORT.at,
  timezone: "Europe/Berlin",
  installation: { name: "Belfry", url: null },
};
const monitors = allProviders().filter(({ purpose }) => purpose === "monitor");

/** What each service shows of a success; Loki keeps lines and knows no states. */
const SUCCESS: Record<string, (preview: Preview) => unknown> = {
  healthchecks: ({ title }) => title === "Success",
  watchgoose: ({ title }) => title === "Success",
  cronitor: ({ title }) => title === "complete",
  cronhub: ({ title }) => title === "Finished",
  "uptime-kuma": ({ title }) => title === "Up",
  sentry: ({ facts, title }) => JSON.stringify([title, facts]).includes("ok"),
  zabbix: ({ title }) => title === "0",
  loki: ({ text }) => text?.includes("Daily report"),
};

test("pain 03: every monitor has its line here", () => {
  expect(Object.keys(SUCCESS).sort()).toEqual(monitors.map(({ id }) => id).sort());
});

test.each(monitors.map((provider) => [provider.id, provider] as const))(
  "pain 03: proof of life: a report with failures is a success for %s",
  (id, provider) => {
    const config = provider.parse(provider.example as Record<string, unknown>);
    expect(provider.needsJob(config)).toBe(false);
    const preview = provider.preview(provider.render(REPORT, config, CONTEXT), config);
    expect(SUCCESS[id]?.(preview), JSON.stringify(preview)).toBe(true);
  },
);

test.each(["healthchecks", "watchgoose", "cronitor", "cronhub", "uptime-kuma", "sentry"])(
  "an address of %s that names the job has nowhere to put a report",
  (id) => {
    const provider = monitors.find((one) => one.id === id);
    const named = "https://example.org/{{job.slug}}";
    expect(provider?.needsJob({ pingUrl: named, pushUrl: named })).toBe(true);
  },
);
