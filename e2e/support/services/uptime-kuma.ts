import { type Service, type ServiceForForms, type ServiceReply, type ServiceRequest, startService } from "./service";

export const PUSH_TOKEN = "a1B2c3D4e5F6g7H8";

export interface Heartbeat {
  status: "up" | "down";
  msg: string;
  ping: number | null;
}

export interface UptimeKumaService extends Service {
  heartbeats: Heartbeat[];
}

/**
 * Behaves like the push route of Uptime Kuma: the first of two values counts, anything but `up` is down.
 * @param unknownStatus what comes with "Monitor not found": 404 up to version 1.23, 500 later
 */
export async function startUptimeKuma(unknownStatus: 404 | 500 = 404): Promise<UptimeKumaService> {
  const heartbeats: Heartbeat[] = [];
  return Object.assign(await startService((request) => answer(request, heartbeats, unknownStatus)), { heartbeats });
}

function answer({ path, query }: ServiceRequest, heartbeats: Heartbeat[], unknownStatus: number): ServiceReply {
  const token = /^\/api\/push\/([^/]+)$/.exec(path)?.[1];
  if (!token) return { status: 404, body: "<!DOCTYPE html><title>Uptime Kuma</title>" };
  const ping = query.get("ping") ? Number(query.get("ping")) : null;
  if (ping !== null && !(ping >= 0 && ping <= 86_400_000))
    return { status: 400, body: { ok: false, msg: `Ping value ${ping}ms exceeds maximum allowed` } };
  if (token !== PUSH_TOKEN)
    return { status: unknownStatus, body: { ok: false, msg: "Monitor not found or not active." } };
  heartbeats.push({
    status: (query.get("status") ?? "up") === "up" ? "up" : "down",
    msg: query.get("msg") ?? "OK",
    ping,
  });
  return { status: 200, body: { ok: true } };
}

export const forForms: ServiceForForms<UptimeKumaService> = {
  provider: "uptime-kuma",
  start: () => startUptimeKuma(),
  config: (url) => ({ pushUrl: `${url}/api/push/${PUSH_TOKEN}` }),
  secretField: "pushUrl",
  texts: (service) => service.heartbeats.map(({ msg }) => msg),
};
