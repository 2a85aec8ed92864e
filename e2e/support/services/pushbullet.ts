import { type Service, type ServiceForForms, type ServiceReply, type ServiceRequest, startService } from "./service";

export const PUSHBULLET_TOKEN = "o.FormsTokenThatTheServerKnows012345";
export const PUSHBULLET_DEVICE = "ujpah72o0sjAoRtnM0jc";

export interface Push {
  guid: string;
  type: string;
  title: string;
  body: string;
  url?: string;
  /** `device …`, `email …`, `channel …`, or `all`. */
  target: string;
}

export interface PushbulletService extends Service {
  pushes: Push[];
}

/** Behaves like Pushbullet's create-push, guids included: https://docs.pushbullet.com/#create-push */
export async function startPushbullet(): Promise<PushbulletService> {
  const pushes: Push[] = [];
  const service = await startService((request) => answer(request, pushes));
  return Object.assign(service, { pushes });
}

export function pushbulletError(status: number, code: string, message: string): ServiceReply {
  return {
    status,
    body: { error: { code, type: "invalid_request", message, cat: "(=^･ω･^=)" }, error_code: code },
  };
}

function answer({ method, path, headers, json }: ServiceRequest, pushes: Push[]): ServiceReply {
  if (headers["access-token"] !== PUSHBULLET_TOKEN)
    return pushbulletError(401, "invalid_access_token", "Access token is missing or invalid.");
  if (path !== "/v2/pushes" || method !== "POST")
    return pushbulletError(404, "not_found", "The resource could not be found.");
  const push = (json ?? {}) as Record<string, unknown>;
  const text = (name: string) => (typeof push[name] === "string" ? push[name] : "");
  if (text("type") !== "note" && text("type") !== "link")
    return pushbulletError(400, "invalid_param", "The param 'type' has an invalid value.");
  if (!text("body") && !text("title")) return pushbulletError(400, "missing_param", "The param 'body' is missing.");
  if (text("type") === "link" && !text("url"))
    return pushbulletError(400, "missing_param", "The param 'url' is missing.");
  if (text("device_iden") && text("device_iden") !== PUSHBULLET_DEVICE)
    return pushbulletError(400, "invalid_param", "The param 'device_iden' has an invalid value.");
  if (text("channel_tag") && text("channel_tag") !== "backups")
    return pushbulletError(400, "invalid_param", "The param 'channel_tag' has an invalid value.");
  const [kind, name] = [
    ["device", text("device_iden")],
    ["email", text("email")],
    ["channel", text("channel_tag")],
  ].find(([, value]) => value) ?? ["all", ""];
  const guid = text("guid");
  const known = pushes.findIndex((one) => one.guid === guid && guid !== "");
  if (known < 0) {
    pushes.push({
      guid,
      type: text("type"),
      title: text("title"),
      body: text("body"),
      ...(text("url") ? { url: text("url") } : {}),
      target: `${kind} ${name}`.trim(),
    });
  }
  return { status: 200, body: { iden: `push${known < 0 ? pushes.length : known + 1}`, active: true, ...push } };
}

export const forForms: ServiceForForms<PushbulletService> = {
  provider: "pushbullet",
  start: startPushbullet,
  config: (url) => ({ accessToken: PUSHBULLET_TOKEN, target: "#backups", apiBaseUrl: url }),
  secretField: "accessToken",
  texts: ({ pushes }) => pushes.map(({ title, body }) => `${title}\n${body}`),
  refusal: "Access token is missing or invalid.",
};
