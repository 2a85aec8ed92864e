import { afterAll, beforeAll, expect, test } from "vitest";
import { freshDatabase } from "@/db/testing";
import { type Actor, systemActor } from "@/lib/auth/access/actor";
import type { Role } from "@/lib/core/role";
import { setRuntimeValue } from "@/lib/core/runtime";
import { allProviders, providerOf } from "@/lib/providers/registry";
import { setSecretKey } from "@/lib/secrets/key";
import { channelsCreate } from "./create";
import { channelsPreview } from "./preview";
import { PREVIEW_OUTCOMES } from "./preview-sample";

const TOKEN = "aTokenThatNobodyMaySee_0123456789abcdef";
const WEBHOOK = `http://127.0.0.1:9/api/webhooks/1190000000000000001/${TOKEN}`;

let close: () => Promise<void>;
let discordId = "";
beforeAll(async () => {
  close = await freshDatabase();
  setSecretKey("k".repeat(32));
  setRuntimeValue("baseUrl", "https://belfry.example");
  const made = await channelsCreate.call(systemActor, {
    name: "ops",
    provider: "discord",
    config: { webhookUrl: WEBHOOK, username: "Night watch" },
    texts: { title: "{{job.name}}: {{event.name}}", outcomes: { failure: { message: "Call somebody: {{error}}" } } },
  });
  discordId = made.id;
});
afterAll(() => close());

const as = (role: Role): Actor => ({ kind: "api_key", id: "key_1", name: "a key", role, address: null });
const show = (input: Record<string, unknown>, actor: Actor = systemActor) =>
  channelsPreview.call(actor, { outcome: "failure", ...input });

test("a stored channel is previewed with its custom text, under the job's name", async () => {
  const { preview, problems } = await show({
    channelId: discordId,
    job: { name: "mail archive", slug: "mail-archive" },
  });
  expect(problems).toEqual([]);
  expect(preview).toMatchObject({
    kind: "chat",
    format: "markdown",
    from: "Night watch",
    title: "mail archive: Backup Failed",
    text: expect.stringMatching(/^Call somebody: The destination could not be reached/),
    color: "#ef4444",
    link: { url: "https://belfry.example/runs/run_sample" },
  });
  const success = await show({ channelId: discordId, outcome: "success" });
  expect(success.preview).toMatchObject({ title: "shop-production: Backup Completed", color: "#22c55e" });
  expect(success.preview.text).toContain("was backed up");
});

test("a preview says whom the message mentions, and a recovery mentions nobody unless it has its own", async () => {
  const role = "<@&123456789012345678>";
  const facts = async (input: object) => (await show({ channelId: discordId, ...input })).preview.facts;
  const named = [{ label: "Mentions", value: role }];
  expect(await facts({ ruleTexts: { mentions: [role, "@everyone"] } })).toEqual(named);
  expect(await facts({ ruleTexts: { mentions: [role] }, outcome: "recovered" })).not.toContainEqual(named[0]);
});

test("a rule precedes its channel, an outcome precedes the general text; a recovery keeps the default", async () => {
  const ruleTexts = { title: "From the row", outcomes: { success: { title: "All is well" } } };
  const title = async (outcome: string) => (await show({ channelId: discordId, ruleTexts, outcome })).preview.title;
  expect(await title("failure")).toBe("From the row");
  expect(await title("success")).toBe("All is well");
  expect(await title("recovered")).toBe("Recovered: shop-production");
  const typed = await show({ channelId: discordId, texts: { title: "Typed just now" } });
  expect(typed.preview.title).toBe("Typed just now");
  expect(typed.preview.text).not.toContain("Call somebody");
  const none = await show({ channelId: discordId, texts: null });
  expect(none.preview.title).toBe("Backup Failed: shop-production");
});

test("a problem is reported with field and position, and the default replaces the text", async () => {
  const { preview, problems } = await show({
    channelId: discordId,
    texts: { title: "Ah: {{job.nmae}}", message: "{{error}}", outcomes: { warning: { message: "{{#x}}" } } },
    ruleTexts: { message: "{{nope}} and {{job.name" },
  });
  expect(problems).toEqual([
    { field: "texts.title", message: expect.stringContaining("There is no {{job.nmae}}"), at: 4, length: 12 },
    { field: "texts.outcomes.warning.message", message: expect.stringContaining("Sections"), at: 0, length: 6 },
    { field: "ruleTexts.message", message: expect.stringContaining("not closed"), at: 13, length: 10 },
  ]);
  expect(preview.title).toBe("Backup Failed: shop-production");
  expect(preview.text).toContain("connection refused");
});

test("a log, where it is wanted", async () => {
  expect((await show({ channelId: discordId })).preview.text).not.toContain("attempt 3 of 3");
  expect((await show({ channelId: discordId, includeLog: true })).preview.text).toContain("attempt 3 of 3");
});

test("every service shows every outcome, with nothing but an empty form", async () => {
  for (const { id } of allProviders()) {
    for (const outcome of PREVIEW_OUTCOMES) {
      const { preview } = await show({ provider: id, config: {}, outcome, includeLog: true });
      const parts = [
        preview.title,
        preview.text,
        preview.document,
        preview.body,
        ...(preview.facts ?? []),
        preview.fields,
      ];
      expect([id, outcome, parts.some((one) => one !== undefined)]).toEqual([id, outcome, true]);
    }
  }
});

test("pain 37: no secret in a preview, neither stored nor typed", async () => {
  const answers = [await show({ channelId: discordId, texts: { message: `${WEBHOOK} ${TOKEN}` } })];
  for (const { id, secretFields } of allProviders()) {
    const example = providerOf(id)?.example as Record<string, unknown>;
    const typed = Object.fromEntries(
      secretFields.map((field) => [
        field,
        typeof example[field] === "string" ? `${example[field]}${TOKEN}` : example[field],
      ]),
    );
    answers.push(await show({ provider: id, config: { ...example, ...typed } }));
  }
  for (const answer of answers) expect(JSON.stringify(answer)).not.toContain(TOKEN);
});

test("operators see stored channels without people's addresses, and type over no stored secret", async () => {
  const mail = await channelsCreate.call(systemActor, {
    name: "mail",
    provider: "email",
    config: { host: "mail.example", from: "a@example.org", to: ["boss@example.org"] },
  });
  const { preview } = await show({ channelId: mail.id }, as("operator"));
  expect(JSON.stringify(preview)).not.toContain("boss@example.org");
  expect(JSON.stringify(await show({ channelId: mail.id }, as("admin")))).toContain("boss@example.org");
  const typed = await show({ channelId: discordId, config: { username: "Somebody else" } }, as("operator"));
  expect(typed.preview.from).toBe("Somebody else");
  await expect(show({ channelId: discordId }, as("viewer"))).rejects.toMatchObject({ code: "forbidden" });
});

test("unknown channels and services are refused with a sentence", async () => {
  await expect(show({ channelId: "chn_gone" })).rejects.toMatchObject({ code: "not_found" });
  await expect(show({ provider: "pigeon" })).rejects.toMatchObject({ code: "invalid" });
});
