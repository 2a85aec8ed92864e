import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { closeAlertsOf, resolveAlert } from "@/db/stores/alerts";
import { transact } from "@/db/transact";
import { PAGERDUTY_KEY, type PagerDutyService, startPagerDuty } from "@/e2e/support/services/pagerduty";
import { systemActor } from "@/lib/auth/access/actor";
import type { Loop } from "@/lib/core/loop";
import { alertsAcknowledge } from "@/lib/services/alerts/acknowledge";
import { emit } from "./emit";
import {
  addChannel,
  addRule,
  deliveriesOf,
  openAlerts,
  rest,
  runEvent,
  startPipeline,
  until,
} from "./pipeline-fixture";
import { followUpLoop } from "./send/follow-ups";

let pipeline: Awaited<ReturnType<typeof startPipeline>>;
let pagerduty: PagerDutyService;
let followUps: Loop;
let channel: string;
beforeEach(async () => {
  pagerduty = await startPagerDuty();
  pipeline = await startPipeline();
  channel = await addChannel("on call", "pagerduty", { integrationKey: PAGERDUTY_KEY, apiBaseUrl: pagerduty.url });
  await addRule("job_a", channel, "failure");
  followUps = followUpLoop();
  await followUps.start();
});
afterEach(async () => {
  await followUps.stop();
  await pipeline.stop();
  await pagerduty.close();
});

const states = () => [...pagerduty.incidents.values()].map((incident) => incident.state);
const actions = () => pagerduty.requests.map(({ json }) => (json as { event_action?: string }).event_action);
async function failed(): Promise<string> {
  await emit(runEvent("backup.failed"));
  await until(() => states().length > 0);
  await until(async () => (await deliveriesOf(channel)).every((one) => one.status === "sent"));
  return (await openAlerts())[0]?.id ?? "";
}
const audit = (id: string) => ({
  id: `aud_${id}`,
  at: Date.now(),
  actorKind: "system" as const,
  actorId: null,
  actorName: "test",
  address: null,
  verb: "alerts.resolve",
  entity: "alert",
  entityId: id,
  entityName: "",
  detail: {},
});

describe("pain 39: no incident stays open that is over here", () => {
  it("an event's recovery closes it, with one message", async () => {
    await failed();
    await emit(runEvent("backup.completed"));
    await until(() => states()[0] === "resolved");
    await rest(700);
    expect(actions()).toEqual(["trigger", "resolve"]);
  });

  it("a person acknowledges, then resolves: the service gets both updates, and no other channel anything", async () => {
    const other = await addChannel("chat", "webhook", { url: `${pagerduty.url}/chat` });
    await addRule("job_b", other, "always");
    const id = await failed();
    await alertsAcknowledge.call(systemActor, { id });
    await until(() => states()[0] === "acknowledged");
    expect(await openAlerts()).toMatchObject([{ id, status: "acknowledged" }]);
    await resolveAlert(id, "Ana", audit(id));
    await until(() => states()[0] === "resolved");
    await rest(700);
    expect(actions()).toEqual(["trigger", "acknowledge", "resolve"]);
    expect(await deliveriesOf(other)).toEqual([]);
    expect((await deliveriesOf(channel)).map(({ kind, title }) => [kind, title])).toEqual([
      ["initial", "Backup Failed: job a"],
      ["update", "Acknowledged: Backup Failed: job a"],
      ["update", "Closed: Backup Failed: job a"],
    ]);
  });

  it("an acknowledged problem that ends by itself is closed once", async () => {
    const id = await failed();
    await alertsAcknowledge.call(systemActor, { id });
    await until(() => states()[0] === "acknowledged");
    await emit(runEvent("backup.completed"));
    await until(() => states()[0] === "resolved");
    await rest(700);
    expect(actions()).toEqual(["trigger", "acknowledge", "resolve"]);
  });

  it("the job is removed, and Belfry was down at that moment: the next start closes it", async () => {
    await failed();
    await followUps.stop();
    await transact([], (tx) => closeAlertsOf(tx, "job", "job_a", "subject_removed"));
    await rest(700);
    expect(states()).toEqual(["triggered"]);
    await pipeline.restartWorker();
    followUps = followUpLoop();
    await followUps.start();
    const second = followUpLoop();
    second.start();
    await until(() => states()[0] === "resolved");
    await second.stop();
    await rest(200);
    expect(actions()).toEqual(["trigger", "resolve"]);
  });

  it("the service was down: it gets the end after the beginning", async () => {
    pagerduty.failWith({ status: 500, body: "down" });
    await emit(runEvent("backup.failed"));
    await until(() => pagerduty.requests.length > 0);
    await emit(runEvent("backup.completed"));
    pagerduty.recover();
    await until(async () => (await deliveriesOf(channel)).every((one) => one.settledAt !== null));
    expect(states().filter((state) => state !== "resolved")).toEqual([]);
  });
});
