import { expect, it } from "vitest";
import type { EventDraft } from "@/lib/core/event";
import { type AlertDelivery, type EventPlan, emptyRouting, type OpenAlert } from "@/lib/core/routing";
import { CATALOG, eventType } from "@/lib/events/catalog";
import { decide } from "./pipeline";
import { correlate } from "./stages/correlate";

const nobody = emptyRouting();

/** A small deterministic generator, so that a failure can be repeated by its seed. */
function generator(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state * 1_664_525 + 1_013_904_223) % 4_294_967_296;
    return Math.floor((state / 4_294_967_296) * below);
  };
}

function apply(open: OpenAlert[], plan: EventPlan): OpenAlert[] {
  let next = open;
  for (const write of plan.alerts) {
    if (write.kind === "resolve") next = next.filter((alert) => alert.id !== write.id);
    else if (write.kind === "count")
      next = next.map((alert) => (alert.id === write.id ? { ...alert, count: alert.count + 1 } : alert));
    else {
      const { id, type, dedupKey, severity, subject, title, message, at } = write;
      const content = { severity, subjectName: subject.name, title, message };
      next = [...next, { id, type, dedupKey, status: "firing", ...content, openedAt: at, count: 1 }];
    }
  }
  return next;
}

it("no order of events leaves two open alerts of one dedup key", () => {
  const types = CATALOG.map((entry) => entry.type);
  for (let seed = 1; seed <= 300; seed++) {
    const pick = generator(seed);
    let open: OpenAlert[] = [];
    let ids = 0;
    for (let turn = 0; turn < 60; turn++) {
      const type = types[pick(types.length)] as string;
      const subject = { kind: "job" as const, id: `s${pick(2)}`, name: "s" };
      const draft: EventDraft = {
        type,
        subject,
        data: {},
        ...(pick(3) === 0 ? { status: "resolved" as const } : {}),
        ...(type === "custom.notification"
          ? {
              custom: {
                title: "t",
                message: "",
                tone: pick(2) ? ("failure" as const) : ("success" as const),
                severity: "info" as const,
                dedupKey: `k${pick(2)}`,
              },
            }
          : {}),
      };
      const alertDeliveries: AlertDelivery[] = [];
      const plan = decide({
        draft,
        at: turn,
        now: turn,
        newId: (prefix) => `${prefix}_${++ids}`,
        routing: nobody,
        rules: [],
        openAlerts: open,
        alertDeliveries,
        labels: [],
      });
      open = apply(open, plan);
      const keys = open.map((alert) => alert.dedupKey);
      expect(new Set(keys).size, `seed ${seed}, turn ${turn}`).toBe(keys.length);
    }
  }
});

it("rule 1: every problem of the catalogue that opens an alert has something that ends it", () => {
  for (const entry of CATALOG) {
    const subject = { kind: "job" as const, id: "s", name: "s" };
    if (
      (entry.tone !== "failure" && entry.tone !== "warning") ||
      !entry.dedupKey({ type: entry.type, subject, data: {} })
    )
      continue;
    const key = entry.dedupKey({ type: entry.type, subject, data: {} });
    const twins = CATALOG.filter((other) =>
      other.resolves({ type: other.type, subject, data: {} }).some((one) => one.key === key),
    );
    // Without a twin the same type ends it with `status: resolved`.
    const open: OpenAlert = {
      id: "alr_1",
      type: entry.type,
      dedupKey: key ?? "",
      status: "firing",
      severity: entry.severity,
      subjectName: "s",
      title: "",
      message: "",
      openedAt: 0,
      count: 1,
    };
    const byItself = decide({
      draft: { type: entry.type, subject, data: {}, status: "resolved" },
      at: 1,
      now: 1,
      newId: (prefix) => prefix,
      routing: nobody,
      rules: [],
      openAlerts: [open],
      alertDeliveries: [],
      labels: [],
    });
    expect(twins.length > 0 || byItself.alerts.some((write) => write.kind === "resolve"), entry.type).toBe(true);
  }
});

it.each([
  ["failure", undefined, "open"],
  ["warning", "firing", "open"],
  // A caller that says "firing" and no tone means a problem: as "over" it would reach nobody.
  ["info", "firing", "open"],
  ["info", undefined, "ends"],
  ["success", "resolved", "ends"],
  ["failure", "resolved", "ends"],
] as const)("a caller's own of tone %s that says %s: %s", (tone, status, effect) => {
  const draft: EventDraft = {
    type: "custom.notification",
    subject: { kind: "custom", id: "k", name: "k" },
    data: {},
    ...(status ? { status } : {}),
    custom: { title: "t", message: "", tone, severity: "info", dedupKey: "k" },
  };
  expect(correlate(draft, eventType(draft.type), []).effect).toBe(effect);
});
