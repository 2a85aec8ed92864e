import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { eq } from "drizzle-orm";
import { afterEach, beforeEach, expect, test } from "vitest";
import { database } from "@/db/client";
import { step, transact } from "@/db/transact";
import { type SmtpServer, startSmtpServer } from "@/e2e/support/smtp-misbehaving";
import { type Actor, systemActor } from "@/lib/auth/access/actor";
import { emit } from "@/lib/dispatch/emit";
import {
  addChannel,
  customEvent,
  deliveriesOf,
  openAlerts,
  setNotifications,
  startPipeline,
  until,
} from "@/lib/dispatch/pipeline-fixture";
import { setSecretKey } from "@/lib/secrets/key";
import { alertsList } from "@/lib/services/alerts/list";
import { channelsTest } from "@/lib/services/channels/test";
import { channelsUpdate } from "@/lib/services/channels/update";
import { settingsNotificationsTest } from "@/lib/services/settings/notifications-test";
import { deliveriesGet } from "./get";
import { deliveriesList } from "./list";
import { deliveriesResend } from "./resend";

const admin = systemActor;
const viewer: Actor = { kind: "api_key", id: "key_1", name: "a key", role: "viewer", address: null };
const OPS = "ops@example.org";
const BAD = "bad@example.org";
const LATER = "later@example.org";
const NO_USER: [number, string] = [550, "5.1.1 No such user"];
const GREYLISTED: [number, string] = [450, "4.2.0 Greylisted"];

let server: SmtpServer;
let pipeline: Awaited<ReturnType<typeof startPipeline>>;
let mail: string;

beforeEach(async () => {
  setSecretKey("k".repeat(32));
  pipeline = await startPipeline();
  server = await startSmtpServer({ security: "none" });
  mail = await addMail([OPS, BAD]);
  await setNotifications({ globalChannels: [mail] });
});
afterEach(async () => {
  await pipeline.stop();
  await server.close();
});

const addMail = (to: string[]) =>
  addChannel(`Mail to ${to.length}`, "email", {
    host: "127.0.0.1",
    port: server.port,
    security: "none",
    from: "backups@example.org",
    to,
  });
const titled = async (title: string, channel = mail) =>
  (await deliveriesOf(channel)).find((one) => one.title === title);
const subjects = () => server.mails.map(({ parsed, to }) => [parsed.subject, to.join(" ")]);

/** The wait before the next attempt, gone by. */
const passTime = (id: string, more: { giveUpAt?: number } = {}) =>
  transact([], function* (tx) {
    const { deliveries: d } = tx.t;
    yield* step(
      tx.orm
        .update(d)
        .set({ dueAt: Date.now(), ...more })
        .where(eq(d.id, id)),
    );
    tx.notices.push({ topic: "deliveries", ids: [mail] });
  });

test("fault B13: a mail that one of two is refused is sent in part, and says to whom and why", async () => {
  server.manners.refuse.set(BAD, NO_USER);
  await emit(customEvent("Disk full"));
  await until(async () => (await titled("Disk full"))?.status === "sent");
  const { id } = (await titled("Disk full")) ?? { id: "" };
  const detail = await deliveriesGet.call(admin, { id });
  expect(detail).toMatchObject({
    status: "partial",
    reasonCode: "sent_in_part",
    reason: `Some recipients were refused: ${BAD}: 550 5.1.1 No such user`,
    refused: [{ recipient: BAD, reason: "550 5.1.1 No such user", retryable: false }],
  });
  const seen = await deliveriesGet.call(viewer, { id });
  expect(seen.refused).toEqual([{ recipient: null, reason: "Shown to administrators.", retryable: false }]);
  expect(JSON.stringify(seen)).not.toContain(BAD);

  await emit(customEvent("Door open"));
  server.manners.refuse.clear();
  await until(async () => (await deliveriesOf(mail)).every(({ status }) => status === "sent"));
  const listed = async (status: "sent" | "partial" | ("sent" | "partial")[]) =>
    (await deliveriesList.call(admin, { status })).items.map(({ title }) => title);
  expect(await listed("partial")).toContain("Disk full");
  expect(await listed("sent")).not.toContain("Disk full");
  expect(await listed(["sent", "partial"])).toEqual(expect.arrayContaining(["Disk full", "Door open"]));
});

test("fault B13: a refused recipient raises channel.failing once, and its end when it is accepted again", async () => {
  server.manners.refuse.set(BAD, NO_USER);
  for (const title of ["one", "two", "three"]) {
    await emit(customEvent(title));
    await until(async () => (await titled(title))?.status === "sent");
  }
  const title = `Recipient refused: ${BAD}`;
  // Through the same channel: the others of it are there to be notified.
  await until(async () => (await titled(title))?.status === "sent");
  expect(subjects().filter(([subject]) => subject === title)).toEqual([[title, OPS]]);
  expect(await openAlerts()).toMatchObject([{ type: "channel.failing", title, count: 1 }]);
  expect(server.mails.find(({ parsed }) => parsed.subject === title)?.parsed.text).toContain("550 5.1.1 No such user");

  server.manners.refuse.clear();
  await emit(customEvent("four"));
  await until(async () => (await openAlerts()).length === 0);
  await until(() => subjects().some(([subject]) => subject === `Recovered: Mail to 2 (${BAD})`));
  server.manners.refuse.set(BAD, NO_USER);
  await emit(customEvent("five"));
  await until(async () => (await openAlerts()).length === 1);
});

test("fault B13: the alert about a recipient ends with its place in the channel, and only that", async () => {
  server.manners.refuse.set(BAD, NO_USER);
  await emit(customEvent("one"));
  await until(async () => (await openAlerts()).length === 1);
  // The message about it is under way when the channel changes.
  server.manners.holdReplies = true;
  await until(async () => (await deliveriesOf(mail)).length === 2);
  await channelsUpdate.call(admin, { id: mail, config: { replyTo: "desk@example.org" } });
  expect(await openAlerts()).toHaveLength(1);
  await channelsUpdate.call(admin, { id: mail, config: { to: [OPS] } });
  expect(await openAlerts()).toEqual([]);
  server.manners.holdReplies = false;
  server.answerHeld();
  await until(async () => (await deliveriesOf(mail)).every(({ status }) => status === "sent"));
  await pipeline.stopWorker();
  expect(await openAlerts()).toEqual([]);
});

test("fault B13: those refused for now are tried again alone, and those refused for good stay named", async () => {
  mail = await addMail([OPS, BAD, LATER]);
  await setNotifications({ globalChannels: [mail] });
  server.manners.refuse.set(BAD, NO_USER).set(LATER, GREYLISTED);
  await emit(customEvent("Disk full"));
  await until(async () => (await titled("Disk full"))?.reasonCode === "refused_for_now");
  expect(await titled("Disk full")).toMatchObject({ remaining: [LATER], reasonCode: "refused_for_now" });
  // A failure of everything in between forgets nobody.
  server.manners.refuseSender = [451, "4.3.0 Later"];
  const id = (await titled("Disk full"))?.id ?? "";
  await passTime(id);
  await until(async () => (await titled("Disk full"))?.reasonCode === "retrying");
  expect(await titled("Disk full")).toMatchObject({ remaining: [LATER], refused: [{}, {}] });
  server.manners.refuseSender = null;
  server.manners.refuse.delete(LATER);
  await passTime(id);
  await until(async () => (await titled("Disk full"))?.status === "sent");
  expect(subjects().filter(([subject]) => subject === "Disk full")).toEqual([
    ["Disk full", OPS],
    ["Disk full", LATER],
  ]);
  expect(await titled("Disk full")).toMatchObject({ refused: [{ recipient: BAD }], remaining: null });
});

test.each([
  ["refused for good later", NO_USER, {}],
  ["refused for now until the last attempt", GREYLISTED, { giveUpAt: 1 }],
])("fault B13: one that is %s leaves a delivery in part, and never a dead one", async (_, refusal, more) => {
  server.manners.refuse.set(BAD, GREYLISTED);
  await emit(customEvent("Disk full"));
  await until(async () => (await titled("Disk full"))?.reasonCode === "refused_for_now");
  server.manners.refuse.set(BAD, refusal);
  await passTime((await titled("Disk full"))?.id ?? "", more);
  await until(async () => (await titled("Disk full"))?.status === "sent");
  expect(await titled("Disk full")).toMatchObject({ refused: [{ recipient: BAD }], reasonCode: "sent_in_part" });
  await until(async () => (await openAlerts()).length === 1);
});

test("fault B13: Resend of a delivery in part reaches those only who do not have it", async () => {
  server.manners.refuse.set(BAD, NO_USER);
  await emit(customEvent("Disk full"));
  await until(async () => (await titled("Disk full"))?.status === "sent");
  const { id } = (await titled("Disk full")) ?? { id: "" };
  server.manners.refuse.clear();
  await deliveriesResend.call(admin, { id });
  await until(async () => (await deliveriesGet.call(admin, { id })).status === "sent");
  expect(subjects().filter(([subject]) => subject === "Disk full")).toEqual([
    ["Disk full", OPS],
    ["Disk full", BAD],
  ]);
});

test("fault B13: Test names the address that is refused, and is no success", async () => {
  server.manners.refuse.set(BAD, NO_USER);
  const tested = channelsTest.call(admin, { id: mail });
  await expect(tested).rejects.toMatchObject({
    code: "delivery_failed",
    message: expect.stringMatching(
      /refused 1 recipient\. bad@example\.org: 550 5\.1\.1 No such user\. Correct the add/,
    ),
  });
  const [test] = await deliveriesOf(mail);
  expect((await deliveriesGet.call(admin, { id: test?.id ?? "" })).status).toBe("partial");
  const { results } = await settingsNotificationsTest.call(admin, { type: "system.error" });
  expect(results).toMatchObject([{ status: "partial", error: expect.stringContaining(BAD) }]);
  // The person who tests sees it; nobody else is notified.
  expect(await openAlerts()).toEqual([]);
});

test("fault B13: one administrator who is refused does not make the channel fail for the others", async () => {
  const { orm, t } = database();
  await orm.delete(t.channels);
  mail = await addChannel("Admins", "email", {
    host: "127.0.0.1",
    port: server.port,
    security: "none",
    from: "backups@example.org",
    toAdmins: true,
  });
  await transact([], function* (tx) {
    for (const email of [OPS, BAD]) {
      yield* step(
        tx.orm.insert(tx.t.users).values({
          id: `usr_${email}`,
          email,
          emailKey: email,
          name: email,
          role: "admin",
          status: "active",
          sessionVersion: 1,
          createdAt: 1,
          updatedAt: 1,
        }),
      );
    }
  });
  await setNotifications({ globalChannels: [mail] });
  server.manners.refuse.set(BAD, NO_USER);
  for (const title of ["one", "two"]) {
    await emit(customEvent(title));
    await until(async () => {
      const rows = (await deliveriesOf(mail)).filter((one) => one.title === title);
      return rows.length === 2 && rows.every(({ status }) => status === "sent" || status === "dead");
    });
  }
  await until(async () => (await openAlerts()).length === 1);
  expect(await openAlerts()).toMatchObject([{ title: `Recipient refused: ${BAD}`, count: 1 }]);
});

test("fault B13: one number of several that Twilio refuses is reported alone, and not as a channel that fails and works by turns", async () => {
  const UNSUBSCRIBED = "+15005550004";
  const sent: string[] = [];
  const api = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const to = new URLSearchParams(Buffer.concat(chunks).toString()).get("To") ?? "";
    const message = "Attempt to send to unsubscribed recipient";
    const isRefused = to === UNSUBSCRIBED;
    if (!isRefused) sent.push(to);
    const body = isRefused ? { code: 21610, message, status: 400 } : { sid: `SM${"0".repeat(32)}`, status: "queued" };
    response.writeHead(isRefused ? 400 : 201, { "content-type": "application/json" }).end(JSON.stringify(body));
  });
  await new Promise<void>((done) => api.listen(0, "127.0.0.1", done));
  const sms = await addChannel("SMS", "twilio", {
    accountSid: `AC${"0".repeat(32)}`,
    authToken: "0".repeat(32),
    from: "+15557122661",
    to: [UNSUBSCRIBED, "+15005550009"],
    apiBaseUrl: `http://127.0.0.1:${(api.address() as AddressInfo).port}`,
  });
  const chat = await addMail([OPS]);
  await setNotifications({ globalChannels: [sms, chat] });
  for (const title of ["one", "two"]) {
    await emit(customEvent(title));
    await until(async () => {
      const rows = (await deliveriesOf(sms)).filter((one) => one.title === title);
      return rows.length === 2 && rows.every(({ status }) => status === "sent" || status === "dead");
    });
  }
  await until(async () => (await openAlerts()).length === 1);
  expect(await openAlerts()).toMatchObject([{ title: "Recipient refused: …0004", count: 1 }]);
  expect(subjects().map(([subject]) => subject)).not.toContain("Recovered: SMS");
  const seen = JSON.stringify((await alertsList.call(viewer, { status: "open" })).items);
  expect(seen).toContain("channel.failing");
  expect(seen).not.toContain(UNSUBSCRIBED);
  await pipeline.stopWorker();
  await new Promise((done) => {
    api.closeAllConnections();
    api.close(done);
  });
});
