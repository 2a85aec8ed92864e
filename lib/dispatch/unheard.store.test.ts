import { eq } from "drizzle-orm";
import { beforeEach, describe, expect, it } from "vitest";
import { database } from "@/db/client";
import { reachedNobody } from "@/db/queries/unheard";
import { acknowledgeAlert } from "@/db/stores/alerts";
import { cancelDelivery } from "@/db/stores/delivery-control";
import { correctImpossibleTimes } from "@/db/stores/impossible-times";
import { rearmUnheard } from "@/db/stores/unheard";
import { transact } from "@/db/transact";
import { newId } from "@/lib/core/id";
import { eachPipeline, eachReceiver } from "./each-pipeline";
import { emit, emitAll } from "./emit";
import {
  addRule,
  addWebhook,
  customEvent,
  deliveriesOf,
  openAlerts,
  runEvent,
  setNotifications,
  until,
} from "./pipeline-fixture";
import { UnheardWatch } from "./send/unheard-watch";

const MINUTE = 60_000;

const receiver = eachReceiver();
const pipeline = eachPipeline();
/** How far the test has moved its clocks, milliseconds. */
let passed: number;
/** How far the clock that people set was moved besides. */
let leapt: number;

beforeEach(() => {
  [passed, leapt] = [0, 0];
});

const now = () => Date.now() + passed + leapt;

function startWatch(): UnheardWatch {
  return new UnheardWatch({ now, uptime: () => performance.now() + passed });
}

/** Time passes, and then the watch looks. */
async function pass(minutes: number, watch: UnheardWatch): Promise<void> {
  passed += minutes * MINUTE;
  await watch.look();
}

/** What the bar says. */
const bar = async (minutes = 15) => (await reachedNobody(now(), now() - minutes * MINUTE)).count;

const titles = (path: string) => receiver.at(path).map((one) => one.title);
const statuses = async (channelId: string) => (await deliveriesOf(channelId)).map(({ status }) => status);
const audit = () =>
  ({ id: newId("aud"), at: Date.now(), actorKind: "system", actorName: "Belfry", verb: "test" }) as never;

/** The receiver refuses for good what goes to these paths. */
function refuse(...paths: string[]): void {
  receiver.answerWith((path, response) => {
    if (!paths.includes(path)) return true;
    response.writeHead(400).end("invalid_token");
    return false;
  });
}

/** That a channel is failing is an alert of its own: left out where it is not what is tested. */
const QUIET = { events: { "channel.failing": { enabled: false } } };

/** A channel that takes the failures of a job, and the fallback. */
async function setUp({ mutedUntil, settings = QUIET }: { mutedUntil?: number; settings?: object } = {}) {
  const usual = await addWebhook("usual", receiver.url("/usual"), mutedUntil ? { mutedUntil } : {});
  const fallback = await addWebhook("spare", receiver.url("/spare"));
  await setNotifications({ ...settings, fallbackChannels: [fallback] });
  await addRule("job_a", usual, "failure");
  return { usual, fallback };
}

const dead = async (channelId: string) => (await statuses(channelId)).includes("dead");

describe("an alert that no channel has taken", () => {
  it("pain 3: goes to the fallback channel, says why, and its recovery follows", async () => {
    refuse("/usual");
    const { usual, fallback } = await setUp();
    const watch = startWatch();
    await emit(runEvent("backup.failed", "job_a", "no such folder"));
    await until(() => dead(usual));
    await pass(14, watch);
    expect(titles("/spare")).toEqual([]);
    await pass(2, watch);
    await until(() => titles("/spare").length === 1);
    const [message] = receiver.at("/spare");
    expect(message?.title).toBe("Backup Failed: job a");
    expect(message?.message).toContain("No channel had taken this alert within 15 minutes:\nusual:");
    expect(message?.message).toContain("invalid_token");
    await until(async () => (await statuses(fallback)).includes("sent"));
    await pass(16, watch);
    expect(await bar()).toBe(0);
    expect(titles("/spare")).toHaveLength(1);
    const [alert] = await openAlerts();
    expect(alert?.unheardFrom).toBeNull();
    await emit(runEvent("backup.completed"));
    await until(() => titles("/spare").length === 2);
    expect(titles("/spare")[1]).toBe("Recovered: job a");
  });

  it("pain 9: is in a red bar when the fallback fails too, until somebody has it", async () => {
    refuse("/usual", "/spare");
    const { usual, fallback } = await setUp();
    const watch = startWatch();
    await emit(runEvent("backup.failed"));
    await until(() => dead(usual));
    await pass(16, watch);
    expect(await bar()).toBe(0);
    await until(() => dead(fallback));
    expect(await bar()).toBe(1);
    await pass(16, watch);
    await pass(16, watch);
    expect(await statuses(fallback)).toHaveLength(1);
    const [alert] = await openAlerts();
    await acknowledgeAlert(alert?.id ?? "", "Ada", audit());
    await watch.look();
    expect((await openAlerts())[0]?.unheardFrom).toBeNull();
  });

  it("the failing channels are alerts too, of which each goes to the fallback once, and never to itself", async () => {
    refuse("/usual", "/spare");
    const { usual, fallback } = await setUp({ settings: {} });
    const watch = startWatch();
    await emit(runEvent("backup.failed"));
    await until(() => dead(usual));
    for (let look = 0; look < 6; look++) {
      await pass(16, watch);
      await until(async () => (await statuses(fallback)).every((status) => status === "dead"));
    }
    // Of the backup and of the usual channel; its own failure reaches nobody.
    expect((await deliveriesOf(fallback)).map(({ title }) => title)).toEqual([
      "Backup Failed: job a",
      "Channel Failing: usual",
    ]);
    expect(await bar()).toBe(3);
  });

  it("is in the bar when the fallback does not send it within the same time again", async () => {
    receiver.answerWith((_, response) => {
      response.writeHead(503).end("down");
      return false;
    });
    await setUp();
    const watch = startWatch();
    await emit(runEvent("backup.failed"));
    await pass(16, watch);
    expect(await bar()).toBe(0);
    await pass(16, watch);
    expect(await bar()).toBeGreaterThanOrEqual(1);
    receiver.answerWith(() => true);
    await until(() => titles("/spare").length > 0 && titles("/usual").length > 0);
    await until(async () => {
      await watch.look();
      return (await bar()) === 0;
    });
  });

  it("is in the bar at once without a fallback, and goes to one that is set later", async () => {
    const usual = await addWebhook("usual", receiver.url("/usual"));
    await setNotifications({});
    const watch = startWatch();
    // No rule takes it.
    await emit(runEvent("backup.failed"));
    await pass(16, watch);
    expect(await bar()).toBe(1);
    await setNotifications({ fallbackChannels: [usual] });
    await transact([], (tx) => rearmUnheard(tx));
    await watch.look();
    await until(async () => (await statuses(usual)).includes("sent"));
    expect(receiver.at("/usual")[0]?.message).toContain("No enabled channel takes this alert");
    await watch.look();
    expect(await bar()).toBe(0);
  });

  it("an installation without any channel has an inbox only, and no bar", async () => {
    await setNotifications({});
    const watch = startWatch();
    await emit(runEvent("backup.failed"));
    await pass(40, watch);
    expect(await bar()).toBe(0);
  });

  it("counts from the end of a mute, and not at all when a person canceled it", async () => {
    const { usual, fallback } = await setUp({ mutedUntil: Date.now() + 60 * MINUTE });
    const watch = startWatch();
    await emit(runEvent("backup.failed"));
    await pass(30, watch);
    expect(await statuses(fallback)).toEqual([]);
    await pass(40, watch);
    expect(await statuses(fallback)).toEqual([]);
    const [held] = await deliveriesOf(usual);
    await cancelDelivery(held?.id ?? "", audit());
    await pass(40, watch);
    expect(await statuses(fallback)).toEqual([]);
    expect((await openAlerts())[0]?.unheardFrom).toBeNull();
  });

  it("sends nothing false: resolved, acknowledged or sent in between", async () => {
    refuse("/usual");
    const { usual, fallback } = await setUp();
    const watch = startWatch();
    await addRule("job_b", usual, "failure");
    await addRule("job_c", usual, "failure");
    await emit(runEvent("backup.failed", "job_a"));
    await emit(runEvent("backup.failed", "job_b"));
    await emit(runEvent("backup.failed", "job_c"));
    await until(async () => (await statuses(usual)).filter((status) => status === "dead").length === 3);
    const alerts = (await openAlerts()).filter(({ subjectKind }) => subjectKind === "job");
    await acknowledgeAlert(alerts[0]?.id ?? "", "Ada", audit());
    await emit(runEvent("backup.completed", "job_b"));
    const { orm, t } = database();
    const third = (await deliveriesOf(usual)).find(({ alertId }) => alertId === alerts[2]?.id);
    await orm
      .update(t.deliveries)
      .set({ status: "sent" })
      .where(eq(t.deliveries.id, third?.id ?? ""));
    await pass(16, watch);
    expect((await deliveriesOf(fallback)).filter(({ route }) => route === "nobody")).toEqual([]);
    expect(await bar()).toBe(0);
  });

  it("two processes at once plan it once", async () => {
    refuse("/usual");
    const { usual, fallback } = await setUp();
    const [one, other] = [startWatch(), startWatch()];
    await emitAll([...Array(30).keys()].map((index) => ({ draft: runEvent("backup.failed", `job_${index}`) })));
    await emit(runEvent("backup.failed"));
    await until(() => dead(usual));
    passed += 16 * MINUTE;
    await Promise.all([one.look(), other.look(), one.look(), other.look()]);
    await until(async () => (await statuses(fallback)).every((status) => ["sent", "folded"].includes(status)));
    const given = (await deliveriesOf(fallback)).filter(({ route, kind }) => route === "nobody" && kind === "initial");
    expect(given).toHaveLength(31);
  });
});

describe("time that did not really pass", () => {
  it("after a restart what waits is tried first", async () => {
    await pipeline.stopWorker();
    const { usual, fallback } = await setUp();
    await emit(runEvent("backup.failed"));
    // Stopped for eight hours; then the worker begins, and the watch at the same moment.
    passed += 8 * 60 * MINUTE;
    const watch = startWatch();
    await watch.look();
    await pass(1, watch);
    expect(await statuses(fallback)).toEqual([]);
    await pipeline.restartWorker();
    await until(async () => (await statuses(usual)).includes("sent"));
    await pass(2, watch);
    expect(await statuses(fallback)).toEqual([]);
    expect((await openAlerts())[0]?.unheardFrom).toBeNull();
  });

  it("a clock that leaps ahead by a day makes nothing overdue, and one that was a day ahead holds nothing up", async () => {
    await pipeline.stopWorker();
    const { fallback } = await setUp();
    const watch = startWatch();
    await pass(3, watch);
    await emit(runEvent("backup.failed"));
    await watch.look();
    leapt = 24 * 60 * MINUTE;
    await watch.look();
    await pass(1, watch);
    expect(await statuses(fallback)).toEqual([]);
    leapt = 0;
    const { orm, t } = database();
    const ahead = Date.now() + 24 * 60 * MINUTE;
    await orm.update(t.alerts).set({ unheardFrom: ahead });
    await correctImpossibleTimes(Date.now());
    expect((await openAlerts())[0]?.unheardFrom).toBeLessThanOrEqual(Date.now());
  });

  it("a restart between the loss and the fallback changes nothing", async () => {
    refuse("/usual");
    const { usual } = await setUp();
    await emit(customEvent("unrelated"));
    await emit(runEvent("backup.failed"));
    await until(() => dead(usual));
    await pass(14, startWatch());
    await pipeline.restartWorker();
    const watch = startWatch();
    await watch.look();
    await pass(3, watch);
    await until(() => titles("/spare").length === 1);
  });
});
