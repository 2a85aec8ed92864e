import { createHash } from "node:crypto";
import { z } from "zod";
import { defineReceiver, MAX_SIGNALS, type Reading, type ReceivedRequest, type Signal } from "./contract";
import { jsonReply, refuseMethod } from "./kit/answers";
import { jsonValue } from "./kit/fields";
import { stateOfWord } from "./kit/state-words";
import { bodyText, storableText, summaryLine } from "./kit/texts";

const METHODS = ["POST"];
const TOO_MANY = `Invalid parameter "/": more than ${MAX_SIGNALS} values at once.`;
const CALL = z.object({
  method: z.string(),
  params: z.unknown(),
  id: z.union([z.string(), z.number(), z.null()]).default(null),
});
const ITEM = z.object({
  itemid: z.union([z.string(), z.number()]).optional(),
  value: z.union([z.string(), z.number(), z.boolean()]),
  clock: z.number().int().positive().max(10_000_000_000).optional(),
});

type Call = z.infer<typeof CALL>;

/**
 * Zabbix's JSON-RPC: `history.push`, and the sign-in around it. The reply is always one object: borgmatic ends with a traceback on
 * an array.
 * @see https://www.zabbix.com/documentation/current/en/manual/api/reference/history/push
 */
export const zabbixReceiver = defineReceiver({ id: "zabbix", name: "Zabbix", read: readRpc });

function readRpc(request: ReceivedRequest): Reading {
  if (!METHODS.includes(request.method)) return refuseMethod(METHODS);
  const text = bodyText(request.body);
  const body = jsonValue(text);
  if (body === undefined)
    return fault(
      null,
      -32700,
      "Parse error",
      "Invalid JSON. An error occurred on the server while parsing the JSON text.",
    );
  const calls = (Array.isArray(body) ? body : [body]).map((one) => CALL.safeParse(one));
  let reading = fault(null, -32600, "Invalid Request", "The received JSON is not a valid JSON-RPC Request.");
  if (calls.length > MAX_SIGNALS)
    return fault(null, -32600, "Invalid Request", `More than ${MAX_SIGNALS} calls at once.`);
  const signals: Signal[] = [];
  for (const call of calls) {
    if (!call.success) continue;
    reading = answerCall(call.data, text);
    signals.push(...reading.signals);
  }
  if (signals.length > MAX_SIGNALS) return fault(null, -32602, "Invalid params.", TOO_MANY);
  return { ...reading, signals };
}

function answerCall(call: Call, text: string): Reading {
  switch (call.method) {
    case "history.push":
      return push(call);
    case "user.login":
      // The address is what admits a sender, so that the session needs no memory.
      return reply(call.id, createHash("sha256").update(text).digest("hex").slice(0, 32));
    case "user.checkAuthentication":
      return reply(call.id, { userid: "1" });
    case "user.logout":
      return reply(call.id, true);
    case "apiinfo.version":
      return reply(call.id, "7.0.0");
    default:
      return fault(call.id, -32602, "Invalid params.", `Incorrect API "${call.method}".`);
  }
}

function push({ id, params }: Call): Reading {
  const items = (Array.isArray(params) ? params : [params]).map((one) => ITEM.safeParse(one));
  if (items.length === 0) return fault(id, -32602, "Invalid params.", 'Invalid parameter "/": cannot be empty.');
  if (items.length > MAX_SIGNALS) return fault(id, -32602, "Invalid params.", TOO_MANY);
  const signals: Signal[] = [];
  const data: object[] = [];
  for (const item of items) {
    if (!item.success) data.push({ error: 'Invalid parameter "value": a value is expected.' });
    else {
      signals.push(signalOf(String(item.data.value), item.data.clock));
      data.push({ itemid: String(item.data.itemid ?? 1) });
    }
  }
  return { ...reply(id, { response: "success", data }), signals };
}

function signalOf(value: string, clock: number | undefined): Signal {
  const state = stateOfWord(value) ?? "unknown";
  const at = clock === undefined ? undefined : clock * 1_000;
  return {
    state,
    ...(state === "unknown" && value.trim() !== "" && { message: summaryLine(storableText(value)) }),
    ...(at !== undefined && (state === "start" ? { startedAt: at } : { finishedAt: at })),
  };
}

function reply(id: Call["id"], result: unknown): Reading {
  return { signals: [], answer: jsonReply({ jsonrpc: "2.0", result, id }) };
}

function fault(id: Call["id"], code: number, message: string, data: string): Reading {
  return { signals: [], answer: jsonReply({ jsonrpc: "2.0", error: { code, message, data }, id }) };
}
