import { ownerName } from "@/db/stores/workers";
import { newId } from "@/lib/core/id";
import type { Env } from "@/lib/env";
import { commandPart } from "./command-part";
import { deliveryParts, listenerPart, monitorsPart, noticesPart, processName, providerIoPart } from "./delivery-parts";
import { jobParts } from "./job-parts";
import { mailPart } from "./mail-part";
import type { Part } from "./part";

/**
 * The background parts of a process, in the order in which they start; they stop in the reverse order.
 * Every role receives the others' notices, monitors itself and has connections for Tests; only `all` and `worker`
 * deliver, schedule and execute runs.
 */
export function backgroundParts(env: Env): Part[] {
  const everywhere: Part[] = [providerIoPart(env), noticesPart(), commandPart(env.dataDir)];
  // Clients report to the processes that serve pages; on SQLite there is only this one.
  if (env.databaseUrl && env.role !== "worker") everywhere.push(listenerPart(env.dataDir));
  if (env.mail) everywhere.push(mailPart(env.mail));
  if (env.role === "web") return [...everywhere, monitorsPart(env)];
  const workerId = processName(env.dataDir);
  const owner = ownerName(workerId, newId("life"));
  const jobs = jobParts(env.dataDir, workerId, owner);
  return [...everywhere, ...deliveryParts(env, owner), monitorsPart(env), ...jobs];
}
