import { eq } from "drizzle-orm";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { database } from "@/db/client";
import { channelById } from "@/db/queries/channels";
import { NTFY_TOKEN, type NtfyService, startNtfy } from "@/e2e/support/services/ntfy";
import { emit } from "./emit";
import {
  addChannel,
  addRule,
  customEvent,
  deliveriesOf,
  runEvent,
  setNotifications,
  startPipeline,
  startReceiver,
  until,
} from "./pipeline-fixture";
import { testChannel } from "./send/send-test";

/* An Apprise URL only names another service: that one's provider does the work. */

let pipeline: Awaited<ReturnType<typeof startPipeline>>;
let ntfy: NtfyService;
beforeEach(async () => {
  ntfy = await startNtfy();
  pipeline = await startPipeline();
});
afterEach(async () => {
  await pipeline.stop();
  await ntfy.close();
});

const host = () => new URL(ntfy.url).host;
const apprise = (url: string) => addChannel("phones", "apprise", { url });

describe("an Apprise URL", () => {
  it("with several targets is one delivery for each, and one that fails keeps nothing from the others", async () => {
    const channel = await apprise(`ntfy://${NTFY_TOKEN}@${host()}/backups/docs/night-shift`);
    await addRule("job_a", channel, "failure");
    await emit(runEvent("backup.failed"));
    await until(async () => (await deliveriesOf(channel)).filter((one) => one.settledAt !== null).length === 3);
    expect(ntfy.messages.map((one) => one.topic).sort()).toEqual(["backups", "night-shift"]);
    const rows = await deliveriesOf(channel);
    expect(new Set(rows.map((one) => one.recipient)).size).toBe(3);
    expect(rows.find((one) => one.status === "dead")?.reason).toContain("topic name is disallowed");
    expect(await channelById(channel)).toMatchObject({ enabled: true });
    await emit(runEvent("backup.completed"));
    await until(() => ntfy.messages.length === 4);
    // The recovery takes the place of the problem on the phone.
    expect(ntfy.shown().map((one) => one.title)).toEqual(["Recovered: job a", "Recovered: job a"]);
  });

  it("is tested whole: a Test is fine only when it is fine for every target", async () => {
    const good = await apprise(`ntfy://${NTFY_TOKEN}@${host()}/backups/night-shift`);
    expect(await testChannel(good)).toMatchObject({ ok: true });
    expect(ntfy.messages.map((one) => one.topic).sort()).toEqual(["backups", "night-shift"]);
    const half = await addChannel("half", "apprise", { url: `ntfy://${NTFY_TOKEN}@${host()}/backups/docs` });
    const answer = await testChannel(half);
    expect(answer.ok).toBe(false);
    expect(JSON.stringify(answer)).toMatch(/docs.*topic name is disallowed/);
  });

  it("keeps its secrets out of what is stored of a delivery", async () => {
    const channel = await apprise(`ntfy://${NTFY_TOKEN}@${host()}/backups`);
    await setNotifications({ globalChannels: [channel] });
    await emit(customEvent("hello"));
    await until(async () => (await deliveriesOf(channel))[0]?.status === "sent");
    expect(await testChannel(channel)).toMatchObject({ ok: true });
    const { orm, t } = database();
    const rows = await orm.select().from(t.deliveries).where(eq(t.deliveries.channelId, channel));
    const attempts = await orm.select().from(t.attempts);
    expect(JSON.stringify([rows, attempts])).not.toContain(NTFY_TOKEN);
    expect(rows.map((row) => row.provider)).toEqual(["apprise", "apprise"]);
  });

  it("fault C3: that the other service's form would refuse stays with Apprise, instead of failing", async () => {
    const channel = await apprise("mmost://chat.example.org/3ccdd113474722377935511fc85d3dd4");
    await setNotifications({ globalChannels: [channel] });
    await emit(customEvent("hello"));
    await until(async () => (await deliveriesOf(channel))[0]?.status === "dead");
    expect((await deliveriesOf(channel))[0]?.reason).toMatch(/apt install apprise/);
  });

  it("that nothing on this server can send is a dead delivery, reported to the others", async () => {
    const receiver = await startReceiver();
    const channel = await apprise("kodi://media.example.org");
    const other = await addChannel("other", "webhook", { url: receiver.url() });
    await setNotifications({ globalChannels: [channel, other] });
    await emit(customEvent("hello"));
    await until(() => receiver.received.some((one) => one.type === "channel.failing"));
    // The others are notified first; a crash between the two notifies again rather than never.
    await until(async () => (await deliveriesOf(channel))[0]?.status === "dead");
    expect((await deliveriesOf(channel))[0]?.reason).toMatch(/apt install apprise/);
    await receiver.stop();
  });
});
