import { spawn } from "node:child_process";
import { once } from "node:events";
import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, expect, test } from "vitest";
import { database } from "@/db/client";
import { systemActor } from "@/lib/auth/access/actor";
import { receiverUrls } from "@/lib/core/receiver-urls";
import { jobsCreate } from "@/lib/services/jobs/create";
import type { ExternalJobView } from "@/lib/services/jobs/view";
import { openClientFixture } from "./testing/clients-fixture";

let fixture: Awaited<ReturnType<typeof openClientFixture>>;
beforeEach(async () => {
  fixture = await openClientFixture();
});
afterEach(() => fixture.close());

const addJob = async () =>
  (await jobsCreate.call(systemActor, { kind: "external", name: "nas", notifications: [] })) as ExternalJobView;

async function signals() {
  const { orm, t } = database();
  const { receiver, state, log, runKey } = t.signals;
  return await orm.select({ receiver, state, log, runKey }).from(t.signals).orderBy(t.signals.id);
}

async function report({ uuid }: ExternalJobView, packing: string, body: Buffer): Promise<number> {
  const headers = { "content-encoding": packing };
  const url = `${fixture.url}/ping/${uuid}/fail`;
  return (await fetch(url, { method: "POST", headers, body: Uint8Array.from(body) })).status;
}

test("a compressed report is unpacked, a damaged one counts as far as it came, and an unknown packing is refused", async () => {
  const job = await addJob();
  const log = Array.from({ length: 5_000 }, (_, line) => `line ${line} ${Math.sin(line)}`).join("\n");
  expect(await report(job, "gzip", gzipSync(log))).toBe(200);
  expect(await report(job, "GZIP", gzipSync(log).subarray(0, 40_000))).toBe(200);
  expect(await report(job, "gzip", Buffer.from("no gzip at all"))).toBe(200);
  expect(await report(job, "br", Buffer.from("x"))).toBe(415);
  const [whole, broken, none, ...more] = await signals();
  expect(more).toEqual([]);
  expect(whole?.log).toBe(log);
  expect(broken?.log).toMatch(/^line 0 0\nline 1 /);
  expect(none).toMatchObject({ state: "failure", log: null });
});

test("what becomes far too long when it is unpacked is taken in bounded memory", async () => {
  const job = await addJob();
  const bomb = gzipSync(Buffer.alloc(200 * 1024 * 1024, 0x61));
  const before = process.memoryUsage().rss;
  expect(await report(job, "gzip", bomb)).toBe(200);
  expect(process.memoryUsage().rss - before).toBeLessThan(150 * 1024 * 1024);
  expect(await signals()).toMatchObject([{ state: "failure" }]);
});

const PYTHON = `
import sys, sentry_sdk
from sentry_sdk.envelope import Envelope, Item
sentry_sdk.init(dsn=sys.argv[1], default_integrations=False)
for status in ("in_progress", "error"):
    check_in = {"check_in_id": "83a7c03ed0a04e1b97e2e3b18d38f244", "monitor_slug": "nightly", "status": status}
    envelope = Envelope()
    envelope.add_item(Item(type="check_in", payload=__import__("sentry_sdk.envelope").envelope.PayloadRef(json=check_in)))
    sentry_sdk.Hub.current.client.transport.capture_envelope(envelope)
sentry_sdk.capture_message("no check-in")
sentry_sdk.flush()
`;

test("Sentry's SDK for Python, which compresses all that it sends, reports by the job's DSN", async () => {
  const { token, uuid } = await addJob();
  const { sentry } = receiverUrls(fixture.url, { token: token ?? "", uuid: uuid ?? "" });
  const child = spawn("/usr/bin/python3", ["-c", PYTHON, sentry], { stdio: ["ignore", "pipe", "pipe"] });
  let said = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk: Buffer) => (said += chunk));
  const [code] = await once(child, "close");
  expect([code, said]).toEqual([0, ""]);
  const runKey = "83a7c03ed0a04e1b97e2e3b18d38f244";
  expect(await signals()).toMatchObject([
    { receiver: "sentry", state: "start", runKey },
    { receiver: "sentry", state: "failure", runKey },
  ]);
});
