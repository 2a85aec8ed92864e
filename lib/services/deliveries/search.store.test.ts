import { afterAll, beforeAll, expect, test } from "vitest";
import { database } from "@/db/client";
import { insertDeliveries } from "@/db/stores/deliveries";
import { newDelivery } from "@/db/stores/new-delivery";
import { newRun } from "@/db/stores/new-run";
import { freshDatabase } from "@/db/testing";
import { transact } from "@/db/transact";
import { type Actor, systemActor } from "@/lib/auth/access/actor";
import { idsSince } from "@/lib/core/id";
import { emit } from "@/lib/dispatch/emit";
import { auditList } from "@/lib/services/audit/list";
import { runsList } from "@/lib/services/runs/list";
import { deliveriesList } from "./list";

const DAY = 86_400_000;
const NOW = Date.parse("2026-11-20T12:00:00Z");
/** More than one turn of a search looks at. */
const MANY = 10_500;
const viewer: Actor = { kind: "api_key", id: "key_1", name: "a key", role: "viewer", address: null };

let close: () => Promise<void>;
beforeAll(async () => {
  close = await freshDatabase();
});
afterAll(() => close());

const idAt = (prefix: string, at: number, number = 0) => `${idsSince(prefix, at)}${String(number).padStart(12, "0")}`;
const iso = (at: number) => new Date(at).toISOString();

async function addDeliveries(eventId: string, titles: readonly string[], at: number): Promise<void> {
  const rows = titles.map((title, index) =>
    newDelivery({
      id: idAt("dlv", at, index),
      eventId,
      channelId: `chn_${at}_${index}`,
      recipient: "",
      route: "global",
      channelName: "a",
      provider: "webhook",
      kind: "initial",
      status: "sent",
      title,
      tone: "info",
      severity: "info",
      createdAt: at,
    }),
  );
  for (let from = 0; from < rows.length; from += 500) {
    const part = rows.slice(from, from + 500);
    await transact([], (tx) => insertDeliveries(tx, part));
  }
}

test("the delivery log is searched by title and subject through all of it, and narrowed to a span of time", async () => {
  const subject = { kind: "custom", id: "a", name: "Tape robot" } as const;
  const data = { title: "a", message: "b", source: "c" };
  const event = await emit({ type: "custom.notification", subject, data } as never);
  const eventId = event?.id ?? "";
  const wanted = ["The tape 100 % broke", "Another tape"];
  await addDeliveries(eventId, wanted, NOW - 9 * DAY);
  await addDeliveries(
    eventId,
    Array.from({ length: MANY }, () => "nothing"),
    NOW - DAY,
  );
  const titles = async (input: object) => (await deliveriesList.call(viewer, input)).items.map(({ title }) => title);
  expect(await titles({ q: "TAPE 1", limit: 10 })).toEqual(wanted.slice(0, 1));
  expect(await titles({ q: "100 %", limit: 10 })).toEqual(wanted.slice(0, 1));
  expect(await titles({ q: "another", limit: 1 })).toEqual(wanted.slice(1));
  expect(await titles({ q: "no such text" })).toEqual([]);
  expect(await titles({ q: "robot", until: iso(NOW - 8 * DAY) })).toEqual([...wanted].reverse());
  expect(await titles({ from: iso(NOW - 9 * DAY), until: iso(NOW - 9 * DAY + 1) })).toEqual([...wanted].reverse());
  const first = await deliveriesList.call(viewer, { until: iso(NOW - 8 * DAY), limit: 1 });
  const next = { until: iso(NOW - 8 * DAY), limit: 1, cursor: first.nextCursor };
  expect(await titles(next)).toEqual(wanted.slice(0, 1));
});

test("runs are searched by name and narrowed to a span of time", async () => {
  const { orm, t } = database();
  const run = (name: string, at: number) => ({
    ...newRun({ kind: "backup", name, trigger: "api", queuedAt: at, executor: "external" }),
    id: idAt("run", at),
    status: "success" as const,
  });
  await orm.insert(t.runs).values([run("tape library", NOW - 3 * DAY), run("web", NOW - 2 * DAY), run("Tape", NOW)]);
  const names = async (input: object) => (await runsList.call(viewer, input)).items.map(({ name }) => name);
  expect(await names({ q: "tape" })).toEqual(["Tape", "tape library"]);
  expect(await names({ q: "tape", until: iso(NOW) })).toEqual(["tape library"]);
  expect(await names({ from: iso(NOW - 2 * DAY), until: iso(NOW) })).toEqual(["web"]);
});

test("the audit log is searched by who and what, and narrowed to a span of time", async () => {
  const { orm, t } = database();
  const entry = (at: number, actorName: string, entityName: string) => ({
    id: idAt("aud", at),
    at,
    actorKind: "user" as const,
    actorName,
    verb: "jobs.update",
    entity: "job",
    entityId: "job_1",
    entityName,
  });
  await orm.insert(t.auditLog).values([entry(NOW - DAY, "Anna", "tape"), entry(NOW, "Ben", "web")]);
  const actors = async (input: object) =>
    (await auditList.call(systemActor, input)).items.map(({ actorName }) => actorName);
  expect(await actors({ q: "tape" })).toEqual(["Anna"]);
  expect(await actors({ q: "ben" })).toEqual(["Ben"]);
  expect(await actors({ from: iso(NOW - DAY), until: iso(NOW) })).toEqual(["Anna"]);
});
