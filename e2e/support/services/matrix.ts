import { type Service, type ServiceForForms, type ServiceReply, type ServiceRequest, startService } from "./service";

export const MATRIX_TOKEN = "syt_tokenOfTheTests_0123456789abcdef";
export const MATRIX_USER = "@belfry:example.org";
export const MATRIX_PASSWORD = "correct horse battery staple";
export const MATRIX_ROOM = "!AbCdEfGhIjKlMnOpQr:example.org";
export const MATRIX_ALIAS = "#backups:example.org";

export interface MatrixEvent {
  event_id: string;
  room: string;
  content: Record<string, unknown>;
}

interface State {
  events: MatrixEvent[];
  /** Access tokens by the device they belong to. */
  devices: Map<string, string>;
  /** What the account is in the room. */
  membership: "join" | "invite" | "none" | "ban";
  /** Events by device and transaction. */
  transactions: Map<string, string>;
}

export interface MatrixService extends Service, State {}

/** Behaves like a homeserver as far as one account writes into one room. https://spec.matrix.org/latest/client-server-api/ */
export async function startMatrix(): Promise<MatrixService> {
  const state: State = {
    events: [],
    devices: new Map([["TESTS", MATRIX_TOKEN]]),
    membership: "join",
    transactions: new Map(),
  };
  const service = await startService((request) => answer(request, server));
  const server: MatrixService = Object.assign(service, state);
  return server;
}

const PREFIX = "/_matrix/client/v3";

function answer({ method, path, headers, json, body }: ServiceRequest, state: State): ServiceReply {
  if (!path.startsWith(PREFIX)) return refused(404, "M_UNRECOGNIZED", "Unrecognized request");
  const [first = "", second = "", ...rest] = path
    .slice(PREFIX.length + 1)
    .split("/")
    .map(decodeURIComponent);
  if (method === "POST" && first === "login") return logIn(json, state);
  const token = headers.authorization?.replace(/^Bearer /, "");
  if (!token) return refused(401, "M_MISSING_TOKEN", "Missing access token");
  const device = [...state.devices].find(([, known]) => known === token)?.[0];
  if (!device) return refused(401, "M_UNKNOWN_TOKEN", "Invalid access token passed.");
  if (method === "POST" && first === "logout") {
    state.devices.delete(device);
    for (const key of state.transactions.keys()) if (key.startsWith(`${device} `)) state.transactions.delete(key);
    return { status: 200, body: {} };
  }
  if (method === "GET" && first === "account" && second === "whoami")
    return { status: 200, body: { user_id: MATRIX_USER, device_id: device, is_guest: false } };
  if (method === "GET" && first === "directory") {
    return rest[0] === MATRIX_ALIAS
      ? { status: 200, body: { room_id: MATRIX_ROOM, servers: ["example.org"] } }
      : refused(404, "M_NOT_FOUND", `Room alias ${rest[0]} not found`);
  }
  if (method === "POST" && first === "join") {
    if (state.membership === "ban") return refused(403, "M_FORBIDDEN", `${MATRIX_USER} is banned from the room`);
    if (state.membership === "none") return refused(403, "M_FORBIDDEN", "You are not invited to this room.");
    state.membership = "join";
    return { status: 200, body: { room_id: MATRIX_ROOM } };
  }
  if (method === "PUT" && first === "rooms" && rest[0] === "send" && rest[1] === "m.room.message")
    return write(second, `${device} ${rest[2]}`, json, body, state);
  return refused(404, "M_UNRECOGNIZED", "Unrecognized request");
}

function logIn(json: unknown, state: State): ServiceReply {
  const { type, identifier, password, device_id } = (json ?? {}) as Record<string, unknown>;
  const user = (identifier as { user?: unknown } | undefined)?.user;
  if (type !== "m.login.password") return refused(400, "M_UNKNOWN", "Unknown login type");
  if (user !== MATRIX_USER || password !== MATRIX_PASSWORD)
    return refused(403, "M_FORBIDDEN", "Invalid username or password");
  const device = typeof device_id === "string" ? device_id : "RANDOM";
  const token = `syt_signed_in_${state.events.length}_${device}`;
  state.devices.set(device, token);
  return { status: 200, body: { user_id: MATRIX_USER, access_token: token, device_id: device } };
}

function write(room: string, transaction: string, json: unknown, body: string, state: State): ServiceReply {
  const known = state.transactions.get(transaction);
  if (known) return { status: 200, body: { event_id: known } };
  if (room !== MATRIX_ROOM) return refused(404, "M_NOT_FOUND", "Unknown room");
  if (state.membership !== "join")
    return refused(403, "M_FORBIDDEN", `User ${MATRIX_USER} not in room ${MATRIX_ROOM} (None)`);
  // What servers add to an event: ids, hashes and signatures.
  if (Buffer.byteLength(body) + 1500 > 65_536) return refused(413, "M_TOO_LARGE", "event too large");
  if (typeof json !== "object" || json === null) return refused(400, "M_NOT_JSON", "Content not JSON.");
  const content = json as Record<string, unknown>;
  if (typeof content.body !== "string") return refused(400, "M_BAD_JSON", "body is missing");
  const parent = (content["m.relates_to"] as { event_id?: string } | undefined)?.event_id;
  if (parent && !state.events.some(({ event_id }) => event_id === parent))
    return refused(400, "M_UNKNOWN", "Can't send relation to unknown event");
  const event_id = `$event${state.events.length + 1}`;
  state.events.push({ event_id, room, content });
  state.transactions.set(transaction, event_id);
  return { status: 200, body: { event_id } };
}

function refused(status: number, errcode: string, error: string): ServiceReply {
  return { status, body: { errcode, error } };
}

export const forForms: ServiceForForms<MatrixService> = {
  provider: "matrix",
  start: startMatrix,
  config: (url) => ({ serverUrl: url, accessToken: MATRIX_TOKEN, roomId: MATRIX_ALIAS }),
  secretField: "accessToken",
  texts: ({ events }) => events.map(({ content }) => String(content.body)),
};
