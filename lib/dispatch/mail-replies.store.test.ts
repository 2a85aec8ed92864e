import { eq } from "drizzle-orm";
import { afterEach, beforeEach, expect, it } from "vitest";
import { database } from "@/db/client";
import { step, transact } from "@/db/transact";
import { type SmtpServer, startSmtpServer } from "@/e2e/support/smtp-misbehaving";
import { emit } from "./emit";
import {
  addChannel,
  customEvent,
  deliveriesOf,
  openAlerts,
  setNotifications,
  startPipeline,
  until,
} from "./pipeline-fixture";

const MINUTE = 60_000;
let server: SmtpServer;
let pipeline: Awaited<ReturnType<typeof startPipeline>>;
let mail: string;

beforeEach(async () => {
  pipeline = await startPipeline({ slowAfterMs: 200 });
  server = await startSmtpServer({ security: "none" });
  mail = await addMail("Mail", "ops@example.org");
  await setNotifications({ globalChannels: [mail] });
});
afterEach(async () => {
  server.answerHeld();
  await pipeline.stop();
  await server.close();
});

const addMail = (name: string, to: string) =>
  addChannel(name, "email", {
    host: "127.0.0.1",
    port: server.port,
    security: "none",
    from: "backups@example.org",
    to: [to],
  });

/** The time until the late attempt, gone by. */
async function passTime(id: string): Promise<void> {
  await transact([], function* (tx) {
    const { deliveries: d } = tx.t;
    yield* step(tx.orm.update(d).set({ dueAt: Date.now() }).where(eq(d.id, id)));
    tx.notices.push({ topic: "deliveries", ids: [mail] });
  });
}

async function attemptsOf(id: string) {
  const { orm, t } = database();
  return await orm.select().from(t.attempts).where(eq(t.attempts.deliveryId, id));
}

it("fault B12: a mail whose last reply is lost is sent once more, late, with the same Message-ID, and then it says so", async () => {
  server.manners.dropAfterData = true;
  await emit(customEvent("Disk full"));
  await until(async () => (await deliveriesOf(mail))[0]?.reasonCode === "perhaps_delivered");
  const [waiting] = await deliveriesOf(mail);
  expect(waiting).toMatchObject({ status: "pending", reason: expect.stringMatching(/may have been delivered/) });
  expect((waiting?.dueAt ?? 0) - Date.now()).toBeGreaterThan(14 * MINUTE);
  expect((waiting?.dueAt ?? 0) - Date.now()).toBeLessThanOrEqual(15 * MINUTE);
  expect(server.mails).toHaveLength(1);

  // A failure before the message was handed over is no further copy.
  server.manners.refuseSender = [451, "4.3.0 Later"];
  await passTime(waiting?.id ?? "");
  await until(async () => (await attemptsOf(waiting?.id ?? "")).length === 2);
  server.manners.refuseSender = null;
  await passTime(waiting?.id ?? "");
  await until(async () => (await deliveriesOf(mail))[0]?.status === "dead");
  const [dead] = await deliveriesOf(mail);
  expect(dead).toMatchObject({ status: "dead", reasonCode: "perhaps_delivered", attemptCount: 3 });
  expect(server.mails.map(({ parsed }) => parsed.messageId)).toEqual(
    Array(2).fill(`<${dead?.id.replace(/[^\w.-]/g, "")}@example.org>`),
  );
  await until(async () => (await openAlerts()).some(({ type }) => type === "channel.failing"));
});

it("fault B12: a lost reply keeps no other mail of the channel back", async () => {
  server.manners.dropAfterData = true;
  await emit(customEvent("Disk full"));
  await until(async () => (await deliveriesOf(mail))[0]?.reasonCode === "perhaps_delivered");
  server.manners.dropAfterData = false;
  await emit(customEvent("Door open"));
  await until(async () => (await deliveriesOf(mail)).some(({ status }) => status === "sent"));
  expect(server.mails.map(({ parsed }) => parsed.subject)).toEqual(["Disk full", "Door open"]);
});

it("fault B12: mails whose server takes minutes to answer hold up neither their own channel nor others", async () => {
  const other = await addMail("Other", "night@example.org");
  server.manners.holdReplies = true;
  for (let number = 1; number <= 6; number++) await emit(customEvent(`Slow ${number}`));
  await until(() => server.mails.length === 6);
  server.manners.holdReplies = false;
  await emit(customEvent("Quick"));
  await until(async () =>
    (await deliveriesOf(mail)).some(({ title, status }) => title === "Quick" && status === "sent"),
  );
  await setNotifications({ globalChannels: [other] });
  await emit(customEvent("Elsewhere"));
  await until(async () => (await deliveriesOf(other))[0]?.status === "sent");
  expect((await deliveriesOf(mail)).filter(({ status }) => status === "sending")).toHaveLength(6);
  server.answerHeld();
  await until(async () => (await deliveriesOf(mail)).every(({ status }) => status === "sent"));
  expect(server.mails).toHaveLength(8);
});
