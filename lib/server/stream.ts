import type { ServerResponse } from "node:http";
import { sessionEnd, sessionOf } from "@/lib/auth/access/session";
import { type Notice, subscribe } from "@/lib/core/bus";
import { AppError } from "@/lib/core/errors";
import { sendError } from "./answer";
import type { MachineRequest } from "./machine-handler";

/** One open tab. */
interface Listener {
  response: ServerResponse;
  cookie: string;
  userId: string;
  /** When its session runs out, milliseconds. */
  endsAt: number;
}

const HEARTBEAT_MS = 15_000;
const RECHECK_MS = 60_000;
/** Notices of this span are told as one per topic: a storm of events is no storm of messages. */
const GATHER_MS = 50;
const MANY_IDS = 100;
const PER_USER = 30;
/** What moved so shortly before a listener came may have moved after its page was drawn: it is told as well. */
const RECENT_MS = 10_000;
/** A listener that reads this slowly is let go; its browser comes back by itself. */
const BACKLOG_BYTES = 256 * 1024;

const listeners = new Set<Listener>();
const gathered = new Map<Notice["topic"], Set<string> | "many">();
/** When each topic last moved, milliseconds. */
const moved = new Map<Notice["topic"], number>();
let gathering: NodeJS.Timeout | undefined;
let timers: NodeJS.Timeout[] = [];
let unsubscribe: (() => void) | undefined;
let isClosed = false;

/** `GET /api/v1/stream`: server-sent events for the session in the cookie. Topics and ids only, never data. */
export function openStream({ request, response, address }: MachineRequest): void {
  admit(request.headers.cookie ?? "", response, address).catch((error) => sendError(response, error));
}

async function admit(cookie: string, response: ServerResponse, address: string | null): Promise<void> {
  const actor = await sessionOf(cookie, address);
  const endsAt = await sessionEnd(cookie);
  if (actor?.kind !== "user" || endsAt === null) throw new AppError("unauthenticated", "Sign in first.");
  if (isClosed) throw new AppError("unavailable", "Belfry is about to stop.");
  if ([...listeners].filter(({ userId }) => userId === actor.id).length >= PER_USER) {
    throw new AppError("limit", "Too many open pages of one account.", { retryAfterSeconds: 30 });
  }
  if (response.destroyed) return;
  const listener: Listener = { response, cookie, userId: actor.id, endsAt };
  response.writeHead(200, {
    "content-type": "text/event-stream",
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
    // Tells a proxy in front to pass each message on at once.
    "x-accel-buffering": "no",
  });
  response.write(`retry: 2000\n\nevent: hello\ndata: {}\n\n${recent()}`);
  listeners.add(listener);
  response.on("close", () => forget(listener));
  awaken();
}

/** Begins to remember what moves, before the first listener comes. */
export function watchNotices(): void {
  unsubscribe ??= subscribe(gather);
}

function recent(): string {
  const since = Date.now() - RECENT_MS;
  return [...moved].map(([topic, at]) => (at < since ? "" : `data: ${JSON.stringify({ topic })}\n\n`)).join("");
}

function awaken(): void {
  if (timers.length > 0) return;
  timers = [setInterval(beat, HEARTBEAT_MS), setInterval(recheckAll, RECHECK_MS)];
  for (const timer of timers) timer.unref();
}

function forget(listener: Listener): void {
  listeners.delete(listener);
  if (listeners.size > 0) return;
  for (const timer of timers.splice(0)) clearInterval(timer);
}

function gather({ topic, ids }: Notice): void {
  moved.set(topic, Date.now());
  if (listeners.size === 0) return;
  if (topic === "users") void recheckAll();
  const known = gathered.get(topic);
  if (!ids) gathered.set(topic, "many");
  else if (known !== "many") {
    const all = known ?? new Set<string>();
    for (const id of ids) all.add(id);
    gathered.set(topic, all.size > MANY_IDS ? "many" : all);
  }
  gathering ??= setTimeout(tell, GATHER_MS);
}

function tell(): void {
  gathering = undefined;
  let text = "";
  for (const [topic, ids] of gathered) {
    text += `data: ${JSON.stringify(ids === "many" ? { topic } : { topic, ids: [...ids] })}\n\n`;
  }
  gathered.clear();
  write(text);
}

function beat(): void {
  const now = Date.now();
  for (const listener of listeners) if (listener.endsAt <= now) end(listener, "expired");
  write(": still here\n\n");
}

function write(text: string): void {
  for (const { response } of listeners) {
    if (response.writableLength > BACKLOG_BYTES) response.destroy();
    else response.write(text);
  }
}

async function recheckAll(): Promise<void> {
  for (const listener of listeners) {
    // A database that cannot be asked for a moment ends nobody's session.
    const isStillIn = await sessionOf(listener.cookie).then(Boolean, () => true);
    if (!isStillIn) end(listener, "signed-out");
  }
}

function end(listener: Listener, why: string): void {
  listener.response.end(`event: bye\ndata: ${JSON.stringify({ why })}\n\n`);
  forget(listener);
}

/** Ends every open stream, for the shutdown; no new one is let in. */
export function closeStreams(): void {
  isClosed = true;
  unsubscribe?.();
  clearTimeout(gathering);
  for (const listener of listeners) end(listener, "stopping");
}
