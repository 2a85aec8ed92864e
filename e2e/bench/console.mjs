import { chromium } from "playwright";
import { median } from "./measure.mjs";
import { startFilled } from "./pages.mjs";
import { ADMIN } from "./program.mjs";
import { heading, inMs, printRow } from "./table.mjs";

const COUNTS = { jobs: 1_000, runsPerJob: 20, deliveries: 200_000, alerts: 2_500, openAlerts: 50, audit: 5_000 };
const TIMES = 3;
const SLOWER = 4;
const MOST_LCP_MS = 700;
const MOST_SLOW_LCP_MS = 1_200;
const MOST_SCRIPT_KB = 200;
const MOST_FONT_KB = 80;
/** Of the visible page: less is a part of a pixel. */
const MOST_SHIFT = 0.001;

/** What a browser shows of the console and when: the largest paint, what moves afterwards, and what goes over the wire for it. */
export async function browser(receiver) {
  heading(
    `Console in Chromium: ${COUNTS.jobs} jobs, ${COUNTS.deliveries} deliveries; largest paint, medians of ${TIMES}; ratio to the page without scripts`,
  );
  const { program, paths } = await startFilled(receiver, COUNTS);
  // Nothing is there that the others could show.
  const shown = paths.filter((path) => !/undefined|\[/.test(path));
  const chrome = await chromium.launch({
    executablePath: process.env.BENCH_CHROMIUM ?? "/usr/bin/chromium-headless-shell",
    args: ["--no-sandbox", "--disable-gpu"],
  });
  const storageState = await signedIn(chrome, program);
  const open = () => chrome.newContext({ baseURL: program.url, storageState, viewport: { width: 1440, height: 900 } });
  // The first request for a page loads its code into the server.
  await visitAll(open, shown);
  for (const path of shown) await measurePage(open, path);
  await chrome.close();
  await program.stop();
}

async function signedIn(chrome, program) {
  const context = await chrome.newContext({ baseURL: program.url });
  const page = await context.newPage();
  await page.goto("/login");
  await page.getByLabel("Mail address").fill(ADMIN.email);
  await page.getByLabel("Password").fill(ADMIN.password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("button", { name: /^Account of / }).waitFor();
  const state = await context.storageState();
  await context.close();
  return state;
}

async function visitAll(open, paths) {
  const context = await open();
  for (const path of paths) await context.request.get(path);
  await context.close();
}

async function measurePage(open, path) {
  const usual = await repeat(open, path, {});
  const slow = await repeat(open, path, { isSlow: true });
  const bare = await repeat(open, path, { withoutScripts: true });
  const [lcp, slowLcp] = [usual, slow].map((loads) => median(loads.map((load) => load.lcp)));
  const least = median(bare.map((load) => load.lcp));
  printRow(`${path}: largest paint`, inMs(lcp), {
    // A page that only its scripts show has no paint without them.
    ...(least > 0 && { ratio: lcp / least }),
    wanted: `${MOST_LCP_MS} ms at most`,
    isMet: lcp <= MOST_LCP_MS,
  });
  printRow(`${path}: with a processor ${SLOWER} times slower`, inMs(slowLcp), {
    wanted: `${MOST_SLOW_LCP_MS} ms at most`,
    isMet: slowLcp <= MOST_SLOW_LCP_MS,
  });
  const shift = Math.max(...[...usual, ...slow].map((load) => load.shift));
  const [{ scriptKb, fontKb, totalKb }] = usual;
  const bytes = `${Math.round(scriptKb)} + ${Math.round(fontKb)} of ${Math.round(totalKb)} kB`;
  printRow(`${path}: scripts and fonts; moved ${shift.toFixed(3)}`, bytes, {
    wanted: `${MOST_SCRIPT_KB} + ${MOST_FONT_KB} kB at most, nothing moves`,
    isMet: scriptKb <= MOST_SCRIPT_KB && fontKb <= MOST_FONT_KB && shift < MOST_SHIFT,
  });
}

async function repeat(open, path, how) {
  const loads = [];
  for (let time = 0; time < TIMES; time++) loads.push(await load(open, path, how));
  return loads;
}

/** One load in a context of its own: nothing is in its cache. */
async function load(open, path, { isSlow = false, withoutScripts = false }) {
  const context = await open();
  const page = await context.newPage();
  const session = await context.newCDPSession(page);
  await session.send("Network.enable");
  const bytes = countBytes(session);
  if (isSlow) await session.send("Emulation.setCPUThrottlingRate", { rate: SLOWER });
  if (withoutScripts) await session.send("Network.setBlockedURLs", { urls: ["*/_next/static/*.js"] });
  await page.addInitScript(() => {
    window.measured = { lcp: 0, shift: 0 };
    const observe = (type, note) =>
      new PerformanceObserver((list) => list.getEntries().forEach(note)).observe({ type, buffered: true });
    observe("largest-contentful-paint", ({ startTime }) => {
      window.measured.lcp = startTime;
    });
    observe("layout-shift", ({ value }) => {
      window.measured.shift += value;
    });
  });
  await page.goto(path, { waitUntil: "load" });
  // Until it has nothing left to do: the scripts have taken over, and what they move has moved.
  await page.evaluate(
    () =>
      new Promise((resolve) =>
        requestIdleCallback(() => requestIdleCallback(resolve, { timeout: 3_000 }), { timeout: 10_000 }),
      ),
  );
  const measured = await page.evaluate(() => window.measured);
  await context.close();
  return { ...measured, ...bytes() };
}

/** Bytes on the wire by kind, as the browser counts them. */
function countBytes(session) {
  const kinds = new Map();
  const sums = { Script: 0, Font: 0, total: 0 };
  session.on("Network.responseReceived", ({ requestId, type }) => kinds.set(requestId, type));
  session.on("Network.loadingFinished", ({ requestId, encodedDataLength }) => {
    const kind = kinds.get(requestId);
    if (kind in sums) sums[kind] += encodedDataLength;
    sums.total += encodedDataLength;
  });
  return () => ({ scriptKb: sums.Script / 1000, fontKb: sums.Font / 1000, totalKb: sums.total / 1000 });
}
