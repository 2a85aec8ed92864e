import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { test as base, expect, type Page } from "@playwright/test";
import { allProviders } from "@/lib/providers/registry";
import { type App, startApp } from "./support/app";
import { channelForm } from "./support/channel-form";
import { until } from "./support/child";
import { commandNotebook } from "./support/services/command";
import { EVERY_SERVICE } from "./support/services/every";
import type { FormTarget, ServiceForForms } from "./support/services/service";

interface Place {
  app: App;
  page: Page;
}

// One program for each worker; the services are many and share it.
const test = base.extend<object, { place: Place }>({
  place: [
    async ({ browser }, use) => {
      const folder = mkdtempSync(path.join(tmpdir(), "belfry-channels-"));
      const env = { BELFRY_COMMANDS_FILE: commandNotebook().listFile };
      const app = await startApp({ dataDir: path.join(folder, "data"), env });
      await use({ app, page: await app.sharedPageOf(browser) });
      await app.close();
      rmSync(folder, { recursive: true, force: true });
    },
    { scope: "worker" },
  ],
});
test.describe.configure({ mode: "parallel" });

interface ProviderView {
  id: string;
  label: string;
  schema: Record<string, unknown>;
  secretFields: string[];
}
interface Channel {
  id: string;
  config: Record<string, unknown>;
}

test("every provider of the registry is tried below, once", () => {
  expect(EVERY_SERVICE.map(({ provider }) => provider).sort()).toEqual(
    allProviders()
      .map(({ id }) => id)
      .sort(),
  );
});

for (const entry of EVERY_SERVICE) {
  test(`${entry.provider}: filled in, tested, saved, and changed without its secret`, async ({ place }) => {
    const providers = await place.app.api.get<ProviderView[]>("/providers");
    const provider = providers.find(({ id }) => id === entry.provider);
    if (!provider) throw new Error(`The program knows no ${entry.provider}.`);
    const service = await entry.start();
    try {
      await tryForm(place, provider, entry, service);
    } finally {
      await service.close();
    }
  });
}

async function tryForm(
  { app, page }: Place,
  provider: ProviderView,
  entry: ServiceForForms<FormTarget>,
  service: FormTarget,
): Promise<void> {
  const values = entry.config(service.url);
  const secret = String(values[entry.secretField]);
  const form = channelForm(page, provider.schema);
  const button = page.getByRole("button", { name: "Test", exact: true });
  const works = page.getByRole("status").filter({ hasText: "Works" });
  const arrives = (count: number) => until(`message ${count} is there`, () => entry.texts(service).length >= count);

  await page.goto(`/channels/new?provider=${provider.id}`);
  await form.name.fill(`Ops ${provider.label}`);
  await form.fill({ ...values, [entry.secretField]: entry.wrongSecret ?? lastSignChanged(secret) });
  await button.click();
  const main = page.getByRole("main");
  await expect(main.getByRole("alert")).toBeVisible();
  expect(saysAny(await main.innerText(), entry.refusal ? [entry.refusal] : wordsOf(service))).toBe("said");
  const refused = entry.texts(service).length;

  await form.fill({ [entry.secretField]: secret });
  await button.click();
  await expect(works).toBeVisible();
  await arrives(refused + 1);
  expect(entry.texts(service).slice(refused).join("\n")).toMatch(/test/i);

  await page.getByRole("button", { name: "Create channel" }).click();
  await page.waitForURL(/\/channels\/(?!new)[\w-]+$/);
  const id = page.url().split("/").at(-1);
  await page.reload();
  const before = await app.api.get<Channel>(`/channels/${id}`);
  const isSecret = provider.secretFields.includes(entry.secretField);
  if (isSecret) {
    await expect(await form.stored(entry.secretField)).toContainText("Stored");
    await expectNowhere(secret, page);
    expect(JSON.stringify(before)).not.toContain(secret);
  } else {
    await expect(form.control(entry.secretField)).toHaveValue(secret);
  }

  await form.name.fill(`Night ${provider.label}`);
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await expect(page.getByRole("heading", { name: `Night ${provider.label}`, level: 1 })).toBeVisible();
  expect((await app.api.get<Channel>(`/channels/${id}`)).config).toEqual(before.config);
  const sofar = entry.texts(service).length;
  await button.click();
  await expect(works).toBeVisible();
  await arrives(sofar + 1);
  if (isSecret) await expectNowhere(secret, page);
}

/** Neither in what is shown nor in what the server sent for it, nor in the values of the controls. */
async function expectNowhere(secret: string, page: Page): Promise<void> {
  // The server may close a connection that was idle just when it is used again: that is tried anew.
  const sent = await (await page.request.get(page.url(), { maxRetries: 2 })).text();
  const shown = await page.content();
  const typed = await page.locator("input, textarea").evaluateAll((all) => all.map((one) => Reflect.get(one, "value")));
  const escaped = JSON.stringify(secret).slice(1, -1);
  for (const text of [sent, shown, typed.join("\n")]) {
    for (const form of [secret, escaped, escaped.replaceAll("&", "&amp;")]) expect(text.includes(form)).toBe(false);
  }
}

/** Still of the same form, and not the right one. */
function lastSignChanged(secret: string): string {
  return secret.replace(/[a-z\d](?=[^a-z\d]*$)/i, (sign) =>
    /\d/.test(sign) ? (sign === "1" ? "2" : "1") : sign === "b" ? "c" : "b",
  );
}

/** Everything that the service has answered, in pieces that a person would quote. */
function wordsOf(service: FormTarget): string[] {
  const answers = "requests" in service && Array.isArray(service.requests) ? service.requests : [];
  return answers.flatMap(({ answer }: { answer: string }) => leavesOf(answer));
}

function leavesOf(answer: string): string[] {
  try {
    return stringsIn(JSON.parse(answer));
  } catch {
    return answer.split(/<[^>]*>|\n/);
  }
}

function stringsIn(value: unknown): string[] {
  if (typeof value === "string") return [value];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(stringsIn) : [];
}

/** Words with spaces in them or long ones only: “error” is in every sentence. */
function saysAny(text: string, words: string[]): string {
  const initial = words.map((each) => each.trim()).filter((each) => /\s/.test(each) || each.length > 6);
  return initial.some((each) => text.includes(each)) ? "said" : `“${text}” has none of: ${initial.join(" | ")}`;
}
