import { z } from "zod";
import { JOB_STATES } from "@/lib/core/job";
import { trimEndSigns } from "@/lib/core/trim-signs";
import { type AnswerRules, defineProvider, field, type ProviderIo, type SendResult } from "./contract";
import { classify } from "./kit/classify";
import type { HttpAnswer } from "./kit/http";
import { WINDOW } from "./kit/icon";
import { isObject, objectIn } from "./kit/json-body";
import { oneLine } from "./kit/text";

const API_PATH = "/api_jsonrpc.php";
/** The values to send where `values` has none. */
const VALUES: Record<string, string> = { start: "start", success: "success", warning: "warning", failure: "failure" };
const NAMES = [...JOB_STATES, "test"];
const NUMBER = /^-?(0|[1-9]\d{0,14})(\.\d{1,6})?$/;

/** https://www.zabbix.com/documentation/current/en/manual/api/reference/history/push; JSON-RPC 2.0, mostly with status 200. */
const answers: AnswerRules = {
  service: "Zabbix's API",
  proof: {
    expected: 'with "response":"success"',
    holds: ({ body }) => objectOf(objectIn(body)?.result).response === "success",
  },
  isOwn: ({ body }) => objectIn(body)?.jsonrpc === "2.0",
  address: `The address ends in ${API_PATH}.`,
};

/** Logging in is answered with the session alone. */
const loginAnswers: AnswerRules = {
  ...answers,
  proof: { expected: "with a session", holds: ({ body }) => /^\S+$/.test(String(objectIn(body)?.result ?? "")) },
};

interface Payload {
  item: { itemid: string } | { host: string; key: string };
  value: string | number;
  /** Seconds and nanoseconds of the event, not of its arrival. */
  clock: number;
  ns: number;
  isNote?: true;
}

const config = () =>
  z
    .object({
      url: field(z.string().trim().min(1, "Enter the address.").superRefine(checkUrl), {
        label: "API URL",
        help: `Zabbix's address as in the browser; ${API_PATH} is added when it is missing`,
        placeholder: `https://zabbix.example.org${API_PATH}`,
      }),
      apiKey: field(z.string().trim().optional(), {
        label: "API token",
        help: "In Zabbix: Users → API tokens. Or enter user and password below",
        secret: true,
        sentTo: ["url"],
      }),
      user: field(z.string().trim().optional(), { label: "User" }),
      password: field(z.string().optional(), { label: "Password", secret: true, sentTo: ["url"] }),
      host: field(z.string().trim().optional(), { label: "Host", help: "The host's technical name" }),
      key: field(z.string().trim().optional(), { label: "Item key", help: "Of an item of type Zabbix trapper" }),
      itemId: field(z.string().trim().regex(/^\d*$/, "An item id is a number.").optional(), {
        label: "Item id",
        help: "Instead of host and key",
        advanced: true,
      }),
      values: field(
        z
          .record(z.string(), z.union([z.string(), z.number()]))
          .superRefine(checkValues)
          .optional(),
        {
          label: "Values",
          help: "What is sent at start, success, warning, failure, missed and test. Left out: the word itself; missed is sent as failure, test as success",
          widget: "pairs",
          advanced: true,
        },
      ),
    })
    .superRefine(({ apiKey, user, password, host, key, itemId }, context) => {
      const refuse = (path: string, message: string) => context.addIssue({ code: "custom", path: [path], message });
      if (!apiKey && !user) refuse("apiKey", "Enter an API token, or user and password.");
      if (!apiKey && user && !password) refuse("password", "Enter the password that goes with the user.");
      if (!itemId && !host) refuse("host", "Enter host and item key, or an item id.");
      if (!itemId && host && !key) refuse("key", "Enter the item key that goes with the host.");
    });

type Config = z.output<ReturnType<typeof config>>;

/** Zabbix 7.0 and later: a value for each state of a run. */
export const zabbix = defineProvider({
  id: "zabbix",
  label: "Zabbix",
  tagline: "Values of a host item",
  aliases: ["trapper", "history.push"],
  icon: { path: `${WINDOW}M7 6.5v2.4h6.2L7 15.2v2.3h10v-2.4h-6.3L17 8.9V6.5z` },
  docsUrl: "https://www.zabbix.com/documentation/current/en/manual/api/reference/history/push",
  purpose: "monitor",
  namesPeople: false,
  answers: [answers, loginAnswers],
  ownServer: true,
  wantsRun: true,
  limits: {},
  concurrency: 1,
  foldAbove: null,
  config,
  example: {
    url: `https://zabbix.example.org${API_PATH}`,
    apiKey: "0424bd59b807674191e7d77572075f33d7a0c5d3a7c0e2f1b4d6a8c9e0f1a2b3",
    host: "backup-server",
    key: "belfry.status",
    values: { success: 0, warning: 1, failure: 2 },
  },

  render(notification, { host = "", key = "", itemId, values = {} }, context): Payload {
    const isNote = !notification.isReport && (notification.isTest === true || !context.run);
    const state = notification.isReport ? "success" : isNote ? "test" : (context.run?.state ?? "test");
    return {
      item: itemId ? { itemid: itemId } : { host, key },
      value: toItemValue(valueFor(state, values)),
      clock: Math.floor(notification.at / 1000),
      ns: (Math.floor(notification.at) % 1000) * 1_000_000,
      ...(isNote ? { isNote: true } : {}),
    };
  },

  async send({ item, value, clock, ns, isNote }, config, io) {
    const session = config.apiKey ? null : await logIn(config, io);
    if (session && "outcome" in session) return session.outcome;
    const token = session?.token ?? config.apiKey ?? "";
    const outcome = judge(await call(io, config.url, "history.push", { ...item, value, clock, ns }, token), answers);
    // Leaves no session open, whatever the result.
    if (session) await call(io, config.url, "user.logout", [], token);
    return outcome.kind === "sent" && isNote ? { ...outcome, advice: COUNTS } : outcome;
  },

  parts: () => ({}),

  preview: ({ item, value, clock }) => ({
    kind: "monitor",
    title: String(value),
    facts: [
      ...("itemid" in item
        ? [{ label: "Item id", value: item.itemid }]
        : [
            { label: "Host", value: item.host },
            { label: "Item key", value: item.key },
          ]),
      { label: "Value", value: `${JSON.stringify(value)} (${typeof value === "number" ? "number" : "text"})` },
      { label: "Time", value: new Date(clock * 1000).toISOString() },
    ],
  }),

  fromUrl(text) {
    const url = URL.canParse(text) ? new URL(text) : null;
    return url?.pathname.endsWith(API_PATH) ? { url: url.origin + url.pathname } : null;
  },

  advise({ status, reason }) {
    if (/incorrect user name or password|temporarily blocked/i.test(reason))
      return "Zabbix does not accept user and password.";
    if (/session terminated|not authori[sz]ed|api token expired/i.test(reason))
      return "Zabbix does not accept the API token, or it has expired. Make a new one under Users → API tokens.";
    if (/no permissions/i.test(reason))
      return "There is no such item, or the user may not write to its host. Check host, item key and the user's permissions.";
    if (/incorrect method|unknown method/i.test(reason))
      return "This Zabbix is older than 7.0, which history.push needs.";
    if (/disabled|trapper|not monitored/i.test(reason))
      return "The item takes no values: it must be of type Zabbix trapper and enabled, on an enabled host, and allow the address of the Zabbix web interface.";
    if (status === 404) return `Nothing answers at this address. It ends in ${API_PATH}.`;
    return undefined;
  },
});

const COUNTS =
  "The value of a success was sent: an item has no value without a meaning. Under Values a value for “test” can be set.";

function valueFor(state: string, values: Record<string, string | number>): string | number {
  const same: Record<string, string> = { missed: "failure", test: "success" };
  const name = same[state];
  return values[state] ?? (name ? (values[name] ?? VALUES[name]) : VALUES[state]) ?? state;
}

/** Forms submit text; numeric items need numbers. */
function toItemValue(value: string | number): string | number {
  return typeof value === "string" && NUMBER.test(value.trim()) ? Number(value) : value;
}

async function logIn(
  { url, user, password }: Config,
  io: ProviderIo,
): Promise<{ token: string } | { outcome: SendResult }> {
  const answer = await call(io, url, "user.login", { username: user, password });
  const outcome = judge(answer, loginAnswers);
  if (outcome.kind !== "sent") return { outcome };
  const token = answer.kind === "answer" ? objectIn(answer.body)?.result : undefined;
  if (typeof token === "string" && token) return { token };
  return { outcome: { ...outcome, kind: "rejected", reason: "Zabbix answered the login without a session." } };
}

function call(io: ProviderIo, url: string, method: string, params: unknown, token?: string): Promise<HttpAnswer> {
  const headers: Record<string, string> = { "content-type": "application/json-rpc" };
  if (token) headers.authorization = `Bearer ${token}`;
  const body = JSON.stringify({ jsonrpc: "2.0", method, params, id: 1 });
  return io.http.request({ url: apiUrl(url), method: "POST", headers, body });
}

/** Zabbix answers 200 to everything; the result is in `error`, that of each value in `data[].error`. */
function judge(answer: HttpAnswer, rules: AnswerRules): SendResult {
  const reply = answer.kind === "answer" && answer.status < 300 ? objectIn(answer.body) : null;
  if (answer.kind !== "answer" || reply?.error === undefined) return refusedItem(classify(answer, rules), reply);
  const { code, message, data } = objectOf(reply.error);
  const words = [message, data].filter((one) => typeof one === "string" && one !== "").join(" ");
  const reason = `Zabbix says: ${oneLine(words).slice(0, 300) || "an error without words"}`;
  // An error of Zabbix itself: the database or the server behind the web interface is unavailable.
  const isPassing = code === -32603 || (code !== -32602 && /connect|timed? ?out|not running|database/i.test(words));
  return { kind: isPassing ? "retry" : "rejected", reason, status: answer.status, answer: answer.body };
}

function refusedItem(outcome: SendResult, reply: Record<string, unknown> | null): SendResult {
  const { data } = objectOf(reply?.result);
  const items = Array.isArray(data) ? data.map((one) => objectOf(one).error) : [];
  const refused = items.find((one) => one !== undefined);
  if (outcome.kind !== "sent" || refused === undefined) return outcome;
  const { status, answer } = outcome;
  const reason = `Zabbix says: ${oneLine(String(refused)).slice(0, 300)}`;
  return { kind: "rejected", reason, ...(status === undefined ? {} : { status }), ...(answer ? { answer } : {}) };
}

function objectOf(value: unknown): Record<string, unknown> {
  return isObject(value) ? value : {};
}

function apiUrl(text: string): string {
  const url = new URL(text);
  if (!url.pathname.endsWith(".php")) url.pathname = trimEndSigns(url.pathname, "/") + API_PATH;
  url.search = "";
  url.hash = "";
  return url.href;
}

function checkUrl(text: string, context: z.RefinementCtx): void {
  const url = URL.canParse(text) ? new URL(text) : null;
  const refuse = (message: string) => context.addIssue({ code: "custom", message });
  if (!url || !/^https?:$/.test(url.protocol)) refuse("Enter an address that begins with http:// or https://.");
  else if (url.username || url.password) refuse("Enter user and password below, not in the address.");
}

function checkValues(values: Record<string, unknown>, context: z.RefinementCtx): void {
  for (const name of Object.keys(values)) {
    if (NAMES.includes(name)) continue;
    context.addIssue({
      code: "custom",
      message: `There is no state “${oneLine(name).slice(0, 60)}”. Known are ${NAMES.join(", ")}.`,
    });
  }
}
