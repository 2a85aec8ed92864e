import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { database } from "@/db/client";
import { sampleContext, sampleNotification } from "@/e2e/support/sample-notification";
import { systemActor } from "@/lib/auth/access/actor";
import { setRuntimeValue } from "@/lib/core/runtime";
import { emit } from "@/lib/dispatch/emit";
import {
  addChannel,
  addWebhook,
  customEvent,
  setNotifications,
  startPipeline,
  startReceiver,
  until,
} from "@/lib/dispatch/pipeline-fixture";
import { readInstallation } from "@/lib/dispatch/send/installation";
import { notificationOf } from "@/lib/dispatch/send/notification-of";
import { allProviders } from "@/lib/providers/registry";
import { metricsRead } from "../metrics/read";
import { settingsGeneralGet } from "./general-get";
import { settingsGeneralUpdate } from "./general-update";
import { installationName } from "./installation-name";

const NAME = "Vault Berlin";
let pipeline: Awaited<ReturnType<typeof startPipeline>>;
let receiver: Awaited<ReturnType<typeof startReceiver>>;
beforeAll(async () => {
  setRuntimeValue("dataDir", "/data");
  pipeline = await startPipeline();
  receiver = await startReceiver();
});
beforeEach(async () => {
  receiver.received.length = 0;
  const { orm, t } = database();
  await orm.delete(t.channels);
  await settingsGeneralUpdate.call(systemActor, { name: "", namesTitles: true });
});
afterAll(async () => {
  await receiver.stop();
  await pipeline.stop();
});

async function titleSent(): Promise<{ title: string; source: unknown }> {
  const channel = await addWebhook("hook", receiver.url());
  await setNotifications({ globalChannels: [channel] });
  await emit(customEvent("hello"));
  await until(() => receiver.received.length === 1);
  const { title, source } = receiver.received[0] as unknown as { title: string; source: unknown };
  return { title, source };
}

test("pain 47: without a name of its own nothing is added", async () => {
  expect(await settingsGeneralGet.call(systemActor, {})).toMatchObject({ name: "Belfry", namesTitles: true });
  expect(await titleSent()).toMatchObject({ title: "hello", source: { name: "Belfry" } });
});

test("pain 47: the name is in titles, payload, page titles and metrics", async () => {
  await settingsGeneralUpdate.call(systemActor, { name: `  ${NAME} ` });
  expect(await titleSent()).toMatchObject({ title: `[${NAME}] hello`, source: { name: NAME } });
  expect(await installationName()).toBe(NAME);
  setRuntimeValue("lastTickAt", null);
  expect(await metricsRead.call(systemActor, {})).toContain(`belfry_info{name="${NAME}"`);
});

test("pain 47: titles stay as they are when that is chosen; the payload still has the name", async () => {
  await settingsGeneralUpdate.call(systemActor, { name: NAME, namesTitles: false });
  expect(await titleSent()).toMatchObject({ title: "hello", source: { name: NAME } });
});

test("pain 47: a custom text may use it", async () => {
  await settingsGeneralUpdate.call(systemActor, { name: NAME });
  const config = { url: receiver.url(), template: '{"title":"{{belfry.name}}: {{title}}"}' };
  await setNotifications({ globalChannels: [await addChannel("own", "webhook", config)] });
  await emit(customEvent("hello"));
  await until(() => receiver.received.length === 1);
  expect(receiver.received[0]?.title).toBe(`${NAME}: [${NAME}] hello`);
});

test.each(["a\nb", "x".repeat(61)])("a name that is no short line is refused: %j", async (name) => {
  await expect(settingsGeneralUpdate.call(systemActor, { name })).rejects.toMatchObject({
    details: { fields: { name: expect.any(String) } },
  });
});

test("pain 47: every service for people shows the name", async () => {
  await settingsGeneralUpdate.call(systemActor, { name: NAME });
  const installation = await readInstallation();
  for (const provider of allProviders().filter(({ purpose }) => purpose === "message")) {
    const config = provider.parse(provider.example);
    const context = sampleContext({ installation: { name: installation.name, url: "https://backup.example" } });
    const payload = provider.render(notificationOf(sampleNotification(), installation), config, context);
    expect(JSON.stringify(payload), provider.id).toContain(NAME);
    expect(JSON.stringify(provider.preview(payload, config)), provider.id).toContain(NAME);
  }
});
