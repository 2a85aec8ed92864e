import type { ServerResponse } from "node:http";
import { highest } from "@/lib/auth/access/permission";
import { peekSession } from "@/lib/auth/access/session";
import { CLIENT_TOPICS, NOTICE_ROLES } from "@/lib/auth/access/visibility/notices";
import { type Notice, subscribe } from "@/lib/core/bus";
import { AppError } from "@/lib/core/errors";
import { ROLES, type Role } from "@/lib/core/role";
import { sendError } from "./answer";
import type { MachineRequest } from "./machine-handler";

/** One open tab. */
interface Listener {
  response: ServerResponse;
  cookie: string;
  userId: string;
  /** Of its account when the connection was opened, or looked at last. */
  role: Role;
  /** It is limited to some clients: ids of others are not for it, and neither are topics beyond them. */
  isLimited: boolean;
}

/** Also how long the end of a session may go unnoticed when its notice is lost. */
const HEARTBEAT_MS = 15_000;
/** Notices within this span are sent as one per topic, so that a burst of events is no burst of messages. */
const COALESCE_MS = 50;
const MANY_IDS = 100;
const PER_USER = 30;
/** A change so shortly before a listener connects may have come after its page was rendered, so it is sent as well. */
const RECENT_MS = 10_000;
/** A listener that lags this far behind is disconnected; its browser reconnects by itself. */
const BACKLOG_BYTES = 256 * 1024;

const listeners = new Set<Listener>();
const coalesced = new Map<Notice["topic"], Set<string> | "many">();
/** When each topic last changed, milliseconds. */
const changedAt = new Map<Notice["topic"], number>();
let flushTimer: NodeJS.Timeout | undefined;
let heartbeat: NodeJS.Timeout | undefined;
let unsubscribe: (() => void) | undefined;
let isClosed = false;

/** `GET /api/v1/stream`: server-sent events for the session in the cookie. Topics and ids only, never data. */
export function openStream({ request, response, path }: MachineRequest): void {
  admit(request.headers.cookie ?? "", response).catch((error) => sendError(response, error, path));
}

async function admit(cookie: string, response: ServerResponse): Promise<void> {
  const session = await peekSession(cookie);
  if (!session) throw new AppError("unauthenticated", "Sign in first.");
  if (isClosed) throw new AppError("unavailable", "Belfry is stopping.");
  if ([...listeners].filter(({ userId }) => userId === session.userId).length >= PER_USER) {
    throw new AppError("limit", "Too many open pages of one account.", { retryAfterSeconds: 30 });
  }
  if (response.destroyed) return;
  const listener: Listener = {
    response,
    cookie,
    userId: session.userId,
    role: session.role,
    isLimited: session.isLimited,
  };
  response.writeHead(200, {
    "content-type": "text/event-stream",
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
    // Asks a proxy in front to pass each message on at once.
    "x-accel-buffering": "no",
  });
  response.write(`retry: 2000\n\nevent: hello\ndata: {}\n\n${recent(session.role, session.isLimited)}`);
  listeners.add(listener);
  response.on("close", () => removeListener(listener));
  startTimer();
  // It may have ended since it was read.
  void recheck(listener);
}

/** Starts recording changes, before the first listener connects. */
export function watchNotices(): void {
  unsubscribe ??= subscribe(coalesce);
}

/** Whether a role is notified of changes of a topic. */
function hears(role: Role, isLimited: boolean, topic: Notice["topic"]): boolean {
  return highest(role, NOTICE_ROLES[topic]) === role && (!isLimited || CLIENT_TOPICS.has(topic));
}

function recent(role: Role, isLimited: boolean): string {
  const since = Date.now() - RECENT_MS;
  return [...changedAt]
    .map(([topic, at]) =>
      at < since || !hears(role, isLimited, topic) ? "" : `data: ${JSON.stringify({ topic })}\n\n`,
    )
    .join("");
}

function startTimer(): void {
  heartbeat ??= setInterval(sendHeartbeat, HEARTBEAT_MS).unref();
}

function removeListener(listener: Listener): void {
  listeners.delete(listener);
  if (listeners.size > 0) return;
  clearInterval(heartbeat);
  heartbeat = undefined;
}

function coalesce({ topic, ids }: Notice): void {
  changedAt.set(topic, Date.now());
  if (listeners.size === 0) return;
  if (topic === "users" || topic === "sessions") recheckAll();
  const known = coalesced.get(topic);
  if (!ids) coalesced.set(topic, "many");
  else if (known !== "many") {
    const all = known ?? new Set<string>();
    for (const id of ids) all.add(id);
    coalesced.set(topic, all.size > MANY_IDS ? "many" : all);
  }
  flushTimer ??= setTimeout(flush, COALESCE_MS);
}

function flush(): void {
  flushTimer = undefined;
  for (const role of ROLES) {
    for (const isLimited of [false, true]) {
      let text = "";
      for (const [topic, ids] of coalesced) {
        if (!hears(role, isLimited, topic)) continue;
        text += `data: ${JSON.stringify(ids === "many" || isLimited ? { topic } : { topic, ids: [...ids] })}\n\n`;
      }
      if (text) broadcast(text, { role, isLimited });
    }
  }
  coalesced.clear();
}

function sendHeartbeat(): void {
  recheckAll();
  broadcast(": heartbeat\n\n");
}

/** @param only to these listeners; to all when left out */
function broadcast(text: string, only?: Pick<Listener, "role" | "isLimited">): void {
  for (const { response, role, isLimited } of listeners) {
    if (only && (only.role !== role || only.isLimited !== isLimited)) continue;
    if (response.writableLength > BACKLOG_BYTES) response.destroy();
    else response.write(text);
  }
}

function recheckAll(): void {
  for (const listener of listeners) void recheck(listener);
}

async function recheck(listener: Listener): Promise<void> {
  // A database that is unreachable for a moment ends nobody's session.
  const session = await peekSession(listener.cookie).catch(() => listener);
  if (session) Object.assign(listener, { role: session.role, isLimited: session.isLimited });
  else if (listeners.has(listener)) end(listener, "signed-out");
}

function end(listener: Listener, why: string): void {
  listener.response.end(`event: bye\ndata: ${JSON.stringify({ why })}\n\n`);
  removeListener(listener);
}

/** Ends every open stream, for the shutdown; new ones are refused. */
export function closeStreams(): void {
  isClosed = true;
  unsubscribe?.();
  clearTimeout(flushTimer);
  for (const listener of listeners) end(listener, "stopping");
}
