import { type Service, type ServiceForForms, type ServiceReply, type ServiceRequest, startService } from "./service";

export const ZABBIX_TOKEN = "0424bd59b807674191e7d77572075f33d7a0c5d3a7c0e2f1b4d6a8c9e0f1a2b3";

export interface PushedValue {
  item: string;
  value: unknown;
  clock: number;
  ns: number;
}

export interface ZabbixService extends Service {
  values: PushedValue[];
  /** Sessions that were opened and not closed. */
  sessions: Set<string>;
}

/**
 * Behaves like the API of Zabbix 7: 200 to everything, `error` members, errors of single values, sessions.
 * The item 10601 is disabled. https://www.zabbix.com/documentation/current/en/manual/api/reference/history/push
 */
export async function startZabbix(): Promise<ZabbixService> {
  const values: PushedValue[] = [];
  const sessions = new Set<string>();
  const service = await startService((request) => answer(request, values, sessions));
  return Object.assign(service, { values, sessions });
}

function answer(
  { method, path, headers, json }: ServiceRequest,
  values: PushedValue[],
  sessions: Set<string>,
): ServiceReply {
  if (!path.endsWith("/api_jsonrpc.php"))
    return {
      status: 200,
      body: "<!DOCTYPE html><html><title>Zabbix</title></html>",
      headers: { "content-type": "text/html" },
    };
  if (method !== "POST" || !/^application\/json(-rpc|request)?$/.test(headers["content-type"] ?? ""))
    return { status: 412 };
  const call = json as { jsonrpc?: string; method?: string; params?: Record<string, unknown>; id?: unknown };
  const reply = (result: unknown) => ({ status: 200, body: { jsonrpc: "2.0", result, id: call.id } });
  const fail = (data: string, code = -32602, message = "Invalid params.") => ({
    status: 200,
    body: { jsonrpc: "2.0", error: { code, message, data }, id: call.id },
  });
  if (call.jsonrpc !== "2.0") return fail("JSON-rpc version is not specified.", -32600, "Invalid request.");
  const token = /^Bearer (.+)$/.exec(headers.authorization ?? "")?.[1] ?? "";
  if (call.method === "user.login") {
    if (call.params?.username !== "belfry" || call.params.password !== "example-password")
      return fail("Incorrect user name or password or account is temporarily blocked.", -32500, "Application error.");
    const session = `session-${sessions.size + 1}-${values.length}`;
    sessions.add(session);
    return reply(session);
  }
  if (token !== ZABBIX_TOKEN && !sessions.has(token)) return fail("Session terminated, re-login, please.");
  if (call.method === "user.logout") return reply(sessions.delete(token));
  if (call.method !== "history.push") return fail(`Incorrect method "${call.method}".`);
  const { itemid, host, key, value, clock, ns } = call.params ?? {};
  const item = itemid ? String(itemid) : `${String(host)}:${String(key)}`;
  if (item === "10601") return reply({ response: "success", data: [{ itemid: "10601", error: "Item is disabled." }] });
  if (!["10600", "backup-server:belfry.status"].includes(item))
    return reply({
      response: "success",
      data: [{ error: "No permissions to referenced object or it does not exist." }],
    });
  values.push({ item, value, clock: Number(clock), ns: Number(ns) });
  return reply({ response: "success", data: [{ itemid: "10600" }] });
}

export const forForms: ServiceForForms<ZabbixService> = {
  provider: "zabbix",
  start: startZabbix,
  config: (url) => ({
    url: `${url}/api_jsonrpc.php`,
    apiKey: ZABBIX_TOKEN,
    host: "backup-server",
    key: "belfry.status",
  }),
  secretField: "apiKey",
  // Values carry no text; through a form only Tests are sent.
  texts: (service) => service.values.map(({ value }) => `${String(value)}, sent by a Test`),
};
