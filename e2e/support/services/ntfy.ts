import { type Service, type ServiceForForms, type ServiceReply, type ServiceRequest, startService } from "./service";

export const NTFY_TOKEN = "tk_forms0token0that0the0server0kn";
export const NTFY_PASSWORD = "night-shift-password";
const BASIC = `Basic ${Buffer.from(`backups:${NTFY_PASSWORD}`).toString("base64")}`;

export interface NtfyMessage {
  id: string;
  topic: string;
  sequenceId: string;
  /** The Android app alerts only once for each entry that it shows (`setOnlyAlertOnce`). */
  isHeard: boolean;
  title: string;
  message: string;
  priority: number;
  tags: string[];
  click?: string;
}

export interface NtfyService extends Service {
  /** Every message that was published. */
  messages: NtfyMessage[];
  /** What a phone shows: the newest of each sequence. */
  shown(): NtfyMessage[];
}

/**
 * Behaves like an ntfy server that protects its topics, with attachments off: https://docs.ntfy.sh/publish/#publish-as-json,
 * lengths as in https://docs.ntfy.sh/publish/#limitations
 */
export async function startNtfy(): Promise<NtfyService> {
  const messages: NtfyMessage[] = [];
  const service = await startService((request) => answer(request, messages));
  const shown = () => [
    ...new Map(messages.map((message) => [`${message.topic} ${message.sequenceId}`, message])).values(),
  ];
  return Object.assign(service, { messages, shown });
}

export function ntfyError(http: number, code: number, error: string): ServiceReply {
  return { status: http, body: { code, http, error, link: "https://ntfy.sh/docs/publish/" } };
}

function answer({ method, path, headers, body, json }: ServiceRequest, messages: NtfyMessage[]): ServiceReply {
  if (path !== "/" || method !== "POST") return ntfyError(404, 40401, "page not found");
  if (Buffer.byteLength(body) > 8192) return ntfyError(413, 41303, "JSON body too large");
  if (typeof json !== "object" || json === null)
    return ntfyError(400, 40024, "invalid request: request body must be valid JSON");
  const {
    topic,
    title = "",
    message,
    priority = 3,
    tags = [],
    click,
    sequence_id,
    actions = [],
  } = json as Record<string, unknown>;
  if (typeof topic !== "string" || !/^[-_A-Za-z0-9]{1,64}$/.test(topic))
    return ntfyError(400, 40009, "invalid request: topic invalid");
  if (topic === "docs" || topic === "v1") return ntfyError(400, 40010, "invalid request: topic name is disallowed");
  const { authorization } = headers;
  if (!authorization) return ntfyError(403, 40301, "forbidden");
  if (authorization !== `Bearer ${NTFY_TOKEN}` && authorization !== BASIC) return ntfyError(401, 40101, "unauthorized");
  const text = typeof message === "string" && message ? message : "triggered";
  if (Buffer.byteLength(text) > 4096) return ntfyError(400, 40014, "invalid request: attachments not allowed");
  if (typeof title !== "string" || Buffer.byteLength(title) > 1024)
    return ntfyError(400, 40050, "invalid request: title too long");
  if (!Array.isArray(tags) || Buffer.byteLength(tags.join()) > 512)
    return ntfyError(400, 40051, "invalid request: tags too long");
  if (typeof priority !== "number" || priority < 0 || priority > 5)
    return ntfyError(400, 40007, "invalid priority parameter");
  if (sequence_id !== undefined && !/^[-_A-Za-z0-9]{1,64}$/.test(String(sequence_id)))
    return ntfyError(400, 40049, "invalid request: sequence ID invalid");
  if (!Array.isArray(actions) || actions.length > 3 || actions.some((one) => !one?.label || !one.url))
    return ntfyError(400, 40018, "invalid request: actions invalid");
  const id = `msg${messages.length}`;
  const sequenceId = sequence_id === undefined ? id : String(sequence_id);
  const published = {
    id,
    topic,
    sequenceId,
    isHeard: !messages.some((one) => one.topic === topic && one.sequenceId === sequenceId),
    title,
    message: text,
    priority,
    tags: tags.map(String),
    ...(typeof click === "string" ? { click } : {}),
  };
  messages.push(published);
  return { status: 200, body: { id, event: "message", topic, title, message: text } };
}

export const forForms: ServiceForForms<NtfyService> = {
  provider: "ntfy",
  start: startNtfy,
  config: (url) => ({ serverUrl: url, topic: "night-shift", accessToken: NTFY_TOKEN, priority: 4 }),
  secretField: "accessToken",
  texts: ({ messages }) => messages.map(({ title, message }) => `${title}\n${message}`),
  refusal: "unauthorized",
};
