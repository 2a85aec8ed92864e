import { expect, test } from "vitest";
import type { Actor } from "@/lib/auth/access/actor";
import { eachPipeline, eachReceiver } from "@/lib/dispatch/each-pipeline";
import { emit } from "@/lib/dispatch/emit";
import { addWebhook, deliveriesOf, runEvent, setNotifications, until } from "@/lib/dispatch/pipeline-fixture";
import { channelsUpdate } from "../channels/update";
import { routesCreate } from "../routes/create";
import { matchingPreview } from "./preview";

const admin: Actor = { kind: "command", id: null, name: "Ana", role: "admin", address: null };
const receiver = eachReceiver();
eachPipeline();

const preview = (conditions: object[]) => matchingPreview.call(admin, { conditions });
const NOTHING = [{ field: "job", op: "is", value: "no such job" }];

test("a matcher without conditions takes everything, one that nothing matches nothing: both say so before they are saved", async () => {
  for (const job of ["job_a", "job_b"]) await emit(runEvent("backup.failed", job));
  expect(await preview([])).toMatchObject({ isEverything: true, matched: 2, lookedAt: 2 });
  expect(await preview(NOTHING)).toMatchObject({ isEverything: false, matched: 0, lookedAt: 2, examples: [] });
  const [all, none] = [await addWebhook("all", receiver.url("/all")), await addWebhook("none", receiver.url("/none"))];
  await routesCreate.call(admin, { name: "everything", conditions: [], channels: [all] });
  await routesCreate.call(admin, { name: "nothing", conditions: NOTHING, channels: [none] });
  await emit(runEvent("backup.failed", "job_c"));
  await until(() => receiver.at("/all").length === 1);
  expect(await deliveriesOf(none)).toEqual([]);
});

test("the count knows the labels of a channel that an event is about, as the decision does", async () => {
  const channel = await addWebhook("failing", receiver.url());
  await channelsUpdate.call(admin, { id: channel, labels: { team: "ops" } });
  await setNotifications({});
  const subject = { kind: "channel", id: channel, name: "failing" } as const;
  const data = { channel: { id: channel, name: "failing", providerName: "Webhook" }, error: "down" };
  await emit({ type: "channel.failing", subject, data });
  const labelled = (value: string) => preview([{ field: "label", op: "is", value }]);
  expect(await labelled("team:ops")).toMatchObject({ matched: 1, examples: [{ subjectName: "failing" }] });
  expect(await labelled("team:web")).toMatchObject({ matched: 0 });
});
