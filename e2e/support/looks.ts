import path from "node:path";
import { AxeBuilder } from "@axe-core/playwright";
import { expect, type Page } from "@playwright/test";

const WIDE = { width: 1440, height: 900 };
const LAPTOP = { width: 1280, height: 800 };
const PHONE = { width: 390, height: 844 };
const WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];

/**
 * Looks at a page as people with different eyes and screens do: light and dark, 1440 and 390 px wide. Nothing may
 * violate WCAG 2.2 AA, nothing may need sideways scrolling, the content policy may have nothing to refuse.
 * @param address where it is; null: what is open now
 * @param name of the pictures in e2e/artifacts/pages, which are taken when PICTURES=1 asks for them: half of the time goes into them
 */
export async function expectGoodLooks(page: Page, address: string | null, name: string): Promise<void> {
  const refused = hearRefusals(page);
  await page.setViewportSize(WIDE);
  await page.emulateMedia({ colorScheme: "light", reducedMotion: "reduce" });
  if (address !== null) await page.goto(address);
  await expect(page).toHaveTitle(/\S/);
  await expect(page.getByRole("heading", { level: 1 }).first()).toBeVisible();
  await expect(page.locator("[aria-busy=true]")).toHaveCount(0);
  await expectNoViolations(page, `${name}, light, 1440 px`);
  await shoot(page, `${name}-light-1440`);
  await page.emulateMedia({ colorScheme: "dark" });
  await shoot(page, `${name}-dark-1440`);

  await page.setViewportSize(LAPTOP);
  await expectNoSideways(page, `${name} at 1280 px`);
  await page.setViewportSize(PHONE);
  await expectNoSideways(page, `${name} at 390 px`);
  await expectNoViolations(page, `${name}, dark, 390 px`);
  await shoot(page, `${name}-dark-390`);
  await page.emulateMedia({ colorScheme: "light" });
  await shoot(page, `${name}-light-390`);
  expect(refused, `${name}: refused by the content policy, or broken`).toEqual([]);
}

export async function expectNoViolations(page: Page, what: string): Promise<void> {
  // Next streams the title after the page.
  await expect(page).toHaveTitle(/./);
  // Where nothing may run, axe cannot either: it would wait for ever for an answer from a mail's document.
  const { violations } = await new AxeBuilder({ page }).withTags(WCAG).exclude('iframe[sandbox=""]').analyze();
  const words = violations.map(({ id, help, nodes }) => ({
    id,
    help,
    where: nodes.slice(0, 5).map(({ target, failureSummary }) => `${target.join(" ")}: ${failureSummary}`),
  }));
  expect(words, `accessibility of ${what}`).toEqual([]);
}

/** The shorter look for one of many pages that are drawn by the same parts: light and wide, and as wide as a phone. */
export async function expectFairLooks(page: Page, address: string, name: string): Promise<void> {
  const refused = hearRefusals(page);
  await page.setViewportSize(WIDE);
  await page.emulateMedia({ colorScheme: "light", reducedMotion: "reduce" });
  await page.goto(address);
  await expect(page.getByRole("heading", { level: 1 }).first()).toBeVisible();
  await expectNoViolations(page, `${name}, light, 1440 px`);
  await page.setViewportSize(PHONE);
  await expectNoSideways(page, `${name} at 390 px`);
  await shoot(page, `${name}-light-390`);
  expect(refused, `${name}: refused by the content policy, or broken`).toEqual([]);
}

/** What the content policy refuses from now on, and what breaks. */
function hearRefusals(page: Page): string[] {
  const refused: string[] = [];
  page.on("console", (message) => {
    if (/content security policy|hydrat/i.test(message.text())) refused.push(message.text());
  });
  page.on("pageerror", (error) => refused.push(String(error)));
  return refused;
}

/** Nothing may stand out at the right, neither of the page nor of a table in it. */
async function expectNoSideways(page: Page, what: string): Promise<void> {
  const sticksOut = await page.evaluate(() => {
    const wordsOf = (element: Element) => `${element.tagName} ${(element.textContent ?? "").trim().slice(0, 60)}`;
    const tables = [...document.querySelectorAll("table")].filter((table) => {
      const frame = table.parentElement;
      return frame !== null && frame.scrollWidth > frame.clientWidth + 1;
    });
    const width = document.documentElement.clientWidth;
    if (document.documentElement.scrollWidth <= width) return tables.map(wordsOf);
    const others = [...document.querySelectorAll("body *")].filter(
      (element) => element.getBoundingClientRect().right > width + 1,
    );
    return [...tables, ...others].slice(0, 5).map(wordsOf);
  });
  expect(sticksOut, `${what} scrolls sideways`).toEqual([]);
}

async function shoot(page: Page, name: string): Promise<void> {
  if (process.env.PICTURES !== "1") return;
  const file = path.resolve(import.meta.dirname, `../artifacts/pages/${name}.png`);
  await page.screenshot({ path: file, fullPage: true, animations: "disabled" });
}
