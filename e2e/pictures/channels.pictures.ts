import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { type Browser, expect, type Page, test } from "@playwright/test";
// Comes with Next. Two dozen colours are enough for text on paper, and make a picture a third as large.
import sharp from "sharp";
import { allProviders } from "@/lib/providers/registry";
import { ADMIN, type App, signIn, startApp } from "../support/app";

const PICTURES = path.resolve(import.meta.dirname, "../../docs/channels/pictures");
/** The width of a page on which the preview stands below the words, so that all pictures are equally wide. */
const VIEWPORT = { width: 640, height: 1400 };
/** Stands in links and in the bodies of requests; the browser of these pictures finds it on this machine. */
const ADDRESS = "http://backup.example.org:8080";
/** Less than the distance to what stands around it. */
const MARGIN = 6;
const LARGEST = 40 * 1024;
/** Of what is longer the beginning is enough. */
const HIGHEST = 560;

let folder = "";
let app: App;
let page: Page;
let places: { sourceId: string; destinationIds: string[] };

test.beforeAll(async ({ browser }) => {
  folder = mkdtempSync(path.join(tmpdir(), "belfry-pictures-"));
  mkdirSync(path.join(folder, "files"));
  const commands = path.join(folder, "commands.json");
  writeFileSync(commands, JSON.stringify({ "page-the-night-shift": { run: ["/bin/true"] } }), { mode: 0o600 });
  const env = { BELFRY_BASE_URL: ADDRESS, BELFRY_COMMANDS_FILE: commands };
  app = await startApp({ dataDir: path.join(folder, "data"), port: Number(new URL(ADDRESS).port), env });
  const made = async (where: string, body: object) => (await app.api.post<{ id: string }>(where, body)).id;
  places = {
    sourceId: await made("/sources", {
      name: "files",
      kind: "directory",
      config: { path: path.join(folder, "files") },
    }),
    destinationIds: [
      await made("/destinations", {
        name: "disk",
        kind: "local",
        createFolder: true,
        config: { path: path.join(folder, "backups") },
      }),
    ],
  };
  page = await brightPage(browser);
  mkdirSync(PICTURES, { recursive: true });
});
test.afterAll(async () => {
  await page?.context().close();
  await app?.close();
  rmSync(folder, { recursive: true, force: true });
});

async function brightPage(browser: Browser): Promise<Page> {
  const context = await browser.newContext({
    baseURL: ADDRESS,
    deviceScaleFactor: 2,
    colorScheme: "light",
    reducedMotion: "reduce",
  });
  const bright = await context.newPage();
  await signIn(bright, ADMIN);
  await bright.setViewportSize(VIEWPORT);
  return bright;
}

for (const provider of allProviders()) {
  test(provider.label, async () => {
    const { id: channelId } = await app.api.post<{ id: string }>("/channels", {
      name: provider.label,
      provider: provider.id,
      config: provider.example,
    });
    const { id } = await app.api.post<{ id: string }>("/jobs", {
      name: "media-library",
      ...places,
      notifications: [{ channelId, condition: "failure" }],
    });
    await page.goto(`/jobs/${id}?tab=notifications`);
    const text = page.getByRole("button", { name: /^Text: / });
    if ((await text.getAttribute("aria-expanded")) === "false") await text.click();
    const preview = page.getByRole("region", { name: "Preview" });
    await preview.getByLabel("Outcome of the preview").selectOption("failure");
    await expect(preview).not.toHaveAttribute("data-waiting");
    const message = preview.locator("> div").nth(1);
    await expect(message).toHaveText(/\w/);
    await message.scrollIntoViewIfNeeded();
    const box = await message.boundingBox();
    if (!box) throw new Error("The preview is not shown.");
    const clip = {
      x: box.x - MARGIN,
      y: box.y - MARGIN,
      width: box.width + 2 * MARGIN,
      height: Math.min(box.height, HIGHEST) + 2 * MARGIN,
    };
    const file = path.join(PICTURES, `${provider.id}.png`);
    const picture = await page.screenshot({ clip, animations: "disabled" });
    for (const colours of [24, 12, 8]) {
      await sharp(picture).png({ palette: true, colours, effort: 10, compressionLevel: 9 }).toFile(file);
      if (statSync(file).size <= LARGEST) break;
    }
    expect(statSync(file).size, file).toBeLessThanOrEqual(LARGEST);
    await app.api.delete(`/jobs/${id}`);
    await app.api.delete(`/channels/${channelId}`);
  });
}
