import path from "node:path";
import { expect, type Page } from "@playwright/test";
import axe, { type AxeResults } from "axe-core";

const WIDE = { width: 1440, height: 900 };
const LAPTOP = { width: 1280, height: 800 };
const PHONE = { width: 390, height: 844 };
const WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];
/** Nothing may run in such a frame, so axe cannot either: it would wait for an answer from a mail preview forever. */
const SANDBOXED = 'iframe[sandbox=""]';

/**
 * Audits a page in one navigation: light at 1440 px, dark at 390 px. Nothing may violate WCAG 2.2 AA, nothing may
 * need sideways scrolling, the content policy may have nothing to refuse, and no script may fail.
 * @param address null: the page that is open now
 * @param name of the pictures in e2e/artifacts/pages, which PICTURES=1 asks for
 */
export async function auditPage(page: Page, address: string | null, name: string): Promise<void> {
  const errors = collectErrors(page);
  await show(page, "light", WIDE);
  if (address !== null) await page.goto(address);
  await expectLoaded(page);
  await expect(page.locator("[aria-busy=true]")).toHaveCount(0);
  await expectNoViolations(page, `${name}, light, 1440 px`);
  await takePicture(page, `${name}-light-1440`);
  if (wantsPictures) {
    await show(page, "dark", WIDE);
    await takePicture(page, `${name}-dark-1440`);
  }
  await show(page, "dark", LAPTOP);
  await expectNoSideways(page, `${name} at 1280 px`);
  await show(page, "dark", PHONE);
  await expectNoSideways(page, `${name} at 390 px`);
  await expectNoViolations(page, `${name}, dark, 390 px`);
  await takePicture(page, `${name}-dark-390`);
  await show(page, "light", PHONE);
  await takePicture(page, `${name}-light-390`);
  errors.expectNone(name);
}

/** The shorter audit for one of many pages that consist of the same parts: light at 1440 px, and 390 px wide. */
export async function auditSimilarPage(page: Page, address: string, name: string): Promise<void> {
  const errors = collectErrors(page);
  await show(page, "light", WIDE);
  await page.goto(address);
  await expectLoaded(page);
  await expectNoViolations(page, `${name}, light, 1440 px`);
  await show(page, "light", PHONE);
  await expectNoSideways(page, `${name} at 390 px`);
  await takePicture(page, `${name}-light-390`);
  errors.expectNone(name);
}

/** axe finds nothing against WCAG 2.2 AA in what is visible now. */
export async function expectNoViolations(page: Page, what: string): Promise<void> {
  // Next streams the title after the page.
  await expect(page).toHaveTitle(/\S/);
  // axe runs in this document only: a frame that could hold something to audit needs a call of its own.
  await expect(page.locator("iframe").and(page.locator(`:not(${SANDBOXED})`))).toHaveCount(0);
  await waitForStillPage(page);
  let violations = await runAxe(page);
  // A refresh by a notice takes the title away until the next one has arrived.
  if (violations.some(({ id }) => id === "document-title")) {
    await expect(page).toHaveTitle(/\S/);
    violations = await runAxe(page);
  }
  const found = violations.map(({ id, help, nodes }) => ({
    id,
    help,
    where: nodes.slice(0, 5).map(({ target, failureSummary }) => `${target.join(" ")}: ${failureSummary}`),
  }));
  expect(found, `accessibility of ${what}`).toEqual([]);
}

/**
 * Without @axe-core/playwright, which loads axe into a second, blank page for each audit and details every rule that
 * passed: this asks the same rules for a third of the time.
 */
async function runAxe(page: Page): Promise<AxeResults["violations"]> {
  const size = page.viewportSize();
  const height = await heightUnderStickyBar(page);
  if (size && height !== null) await page.setViewportSize({ width: size.width, height });
  await page.evaluate(hideRepeated);
  try {
    return await askAxe(page);
  } finally {
    await page.evaluate(showRepeated);
    if (size && height !== null) await page.setViewportSize(size);
  }
}

/**
 * Takes out of sight what says nothing new to axe, which judges each text and control by itself: of parts that are built alike, from
 * the third on. Alike are those with the same elements, classes and attributes, except for what identifies and names them.
 */
function hideRepeated(): void {
  const NAMES =
    /^(id|for|href|name|value|title|datetime|aria-(label|labelledby|describedby|controls)|d|points|data-.*)$/;
  const seen = new Map<string, number>();
  const ownShape = (element: Element): string => {
    const attributes = [...element.attributes].map(({ name, value }) => (NAMES.test(name) ? name : `${name}=${value}`));
    return `${element.tagName} ${attributes.sort().join(" ")}`;
  };
  // What a drawing shows has no text of its own: which shapes occur in it is enough.
  const shapeOf = (element: Element): string => {
    const inside = [...element.children].map(shapeOf);
    const parts = element instanceof SVGElement ? [...new Set(inside)].sort() : inside;
    return `${element instanceof SVGElement ? element.tagName : ownShape(element)}(${parts.join()})`;
  };
  const hideIn = (parent: Element) => {
    for (const child of parent.children) {
      if (child instanceof SVGElement) continue;
      // Without one of its cells a row is another row.
      const isPart = parent.tagName !== "TR" && parent.children.length > 2 && child.querySelectorAll("*").length > 2;
      const shape = isPart ? `${ownShape(parent)} ${shapeOf(child)}` : "";
      const count = (seen.get(shape) ?? 0) + 1;
      seen.set(shape, count);
      if (!isPart || count <= 2 || child.contains(document.activeElement)) hideIn(child);
      else child.setAttribute("data-repeated", "");
    }
  };
  hideIn(document.body);
  // A sheet of the document's own: the content policy refuses styles in its markup.
  const sheet = Object.assign(new CSSStyleSheet(), { isOfRepeated: true });
  sheet.replaceSync("[data-repeated] { display: none !important }");
  document.adoptedStyleSheets.push(sheet);
}

function showRepeated(): void {
  for (const element of document.querySelectorAll("[data-repeated]")) element.removeAttribute("data-repeated");
  document.adoptedStyleSheets = document.adoptedStyleSheets.filter((sheet) => !("isOfRepeated" in sheet));
}

/**
 * The height of the whole page where a bar sticks to the bottom: what lies half under it at one place of scrolling is free at the
 * next, so it is judged where it lies free. Null without such a bar.
 */
function heightUnderStickyBar(page: Page): Promise<number | null> {
  return page.evaluate(() => {
    const { scrollHeight, clientHeight } = document.documentElement;
    const sticks = (element: Element) => {
      const { position, bottom } = getComputedStyle(element);
      return position === "sticky" && bottom !== "auto";
    };
    const hasBar = [...document.querySelectorAll("main *")].some(sticks);
    return hasBar && scrollHeight > clientHeight ? Math.min(scrollHeight, 10_000) : null;
  });
}

async function askAxe(page: Page): Promise<AxeResults["violations"]> {
  if (!(await page.evaluate(() => "axe" in window))) await page.evaluate(axe.source);
  return page.evaluate(
    async ({ tags, excluded }) => {
      const { axe } = window as unknown as { axe: typeof import("axe-core") };
      const results = await axe.run(
        { exclude: [excluded] },
        { runOnly: { type: "tag", values: tags }, resultTypes: ["violations"], iframes: false },
      );
      return results.violations;
    },
    { tags: WCAG, excluded: SANDBOXED },
  );
}

async function show(page: Page, colorScheme: "light" | "dark", size: typeof WIDE): Promise<void> {
  await page.setViewportSize(size);
  await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
}

async function expectLoaded(page: Page): Promise<void> {
  await expect(page).toHaveTitle(/\S/);
  await expect(page.getByRole("heading", { level: 1 }).first()).toBeVisible();
}

/**
 * Waits until no transition is under way. Even with reduced motion each takes a frame, and a color that is inherited
 * takes one for each of its ancestors: without this axe measures the colors of the other scheme.
 */
async function waitForStillPage(page: Page): Promise<void> {
  await page.evaluate(async () => {
    const nextFrame = () => new Promise((resolve) => requestAnimationFrame(resolve));
    for (let still = 0; still < 2; ) {
      await nextFrame();
      const isMoving = document.getAnimations().some((one) => one instanceof CSSTransition);
      still = isMoving ? 0 : still + 1;
    }
  });
}

/** Collects what the content policy refuses from now on, and the errors of scripts. */
function collectErrors(page: Page): { expectNone(name: string): void } {
  const errors: string[] = [];
  const onConsole = (message: { text(): string }) => {
    if (/content security policy|hydrat/i.test(message.text())) errors.push(message.text());
  };
  const onError = (error: Error) => errors.push(String(error));
  page.on("console", onConsole);
  page.on("pageerror", onError);
  return {
    expectNone(name) {
      page.off("console", onConsole);
      page.off("pageerror", onError);
      expect(errors, `${name}: refused by the content policy, or failed`).toEqual([]);
    },
  };
}

async function expectNoSideways(page: Page, what: string): Promise<void> {
  expect(await findSticksOut(page), `${what} scrolls sideways`).toEqual([]);
}

/** What stands out at the right of the page, or of the frame of a table in it: the first few, in words. */
export function findSticksOut(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const describe = (element: Element) => `${element.tagName} ${(element.textContent ?? "").trim().slice(0, 60)}`;
    const tables = [...document.querySelectorAll("table")].filter((table) => {
      const frame = table.parentElement;
      return frame !== null && frame.scrollWidth > frame.clientWidth + 1;
    });
    const width = document.documentElement.clientWidth;
    if (document.documentElement.scrollWidth <= width) return tables.map(describe);
    const others = [...document.querySelectorAll("body *")].filter(
      (element) => element.getBoundingClientRect().right > width + 1,
    );
    return [...tables, ...others].slice(0, 5).map(describe);
  });
}

const wantsPictures = process.env.PICTURES === "1";

async function takePicture(page: Page, name: string): Promise<void> {
  if (!wantsPictures) return;
  const file = path.resolve(import.meta.dirname, `../artifacts/pages/${name}.png`);
  await page.screenshot({ path: file, fullPage: true, animations: "disabled" });
}
