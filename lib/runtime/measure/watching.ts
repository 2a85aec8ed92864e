import { performance } from "node:perf_hooks";
import { database } from "@/db/client";
import { freshDatabase } from "@/db/testing";
import { Monitors } from "@/lib/schedule/monitors/monitors";
import { silentClients } from "@/lib/schedule/monitors/silent-clients";
import { bufferHeartbeat, flushHeartbeats } from "@/lib/services/agent/heartbeat-buffer";

const CLIENTS = Number(process.argv[2]);
const ROUNDS = 15;
const PIECE = 1_000;

const SAID = {
  intervalSeconds: 60,
  hostname: "machine",
  version: "1",
  uptimeSeconds: 90,
  jobs: [],
  disks: [{ mount: "/", totalBytes: 1e12, freeBytes: 4e11 }],
};

/** Clients that are online. @returns their ids */
async function addClients(count: number): Promise<string[]> {
  const { orm, t } = database();
  const now = Date.now();
  const ids = Array.from({ length: count }, (_, index) => `cli_${index}`);
  const common = {
    intervalSeconds: 60,
    createdAt: now,
    updatedAt: now,
    intermittent: false,
    muted: false,
    hint: "0000",
  };
  const state = { ...SAID, status: "online" as const, firstSeenAt: now, lastSeenAt: now };
  for (let from = 0; from < count; from += PIECE) {
    const some = ids.slice(from, from + PIECE);
    await orm.insert(t.clients).values(some.map((id) => ({ ...common, id, name: id, tokenHash: id })));
    await orm.insert(t.clientStates).values(some.map((clientId) => ({ ...state, clientId })));
  }
  return ids;
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await work();
  return performance.now() - began;
}

const drop = await freshDatabase();
const ids = await addClients(CLIENTS);
const context = { dataDir: "", hasScheduler: true, lastCrash: null, startedAt: Date.now(), processId: null };
const monitors = new Monitors(context, [silentClients]);
await monitors.checkAll();
const times = { looking: [] as number[], writing: [] as number[] };
for (let round = 0; round < ROUNDS; round++) {
  for (const clientId of ids) bufferHeartbeat({ ...SAID, clientId, at: Date.now() });
  times.writing.push(await timed(flushHeartbeats));
  times.looking.push(await timed(() => monitors.checkAll()));
}
await drop();
process.stdout.write(JSON.stringify(times));
