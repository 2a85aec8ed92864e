import type { CustomText, Outcome } from "@/lib/core/delivery";
import { type Priority, readPriority } from "@/lib/core/priority";
import { isMapping, type YamlValue } from "@/lib/core/yaml/read-yaml";
import { recognise } from "@/lib/providers/recognise";
import type { Config } from "@/lib/secrets/config";
import {
  type FoundHook,
  type HookReader,
  type HookRule,
  type HookState,
  logRule,
  messageRule,
  readStates,
} from "./hook";
import { HookRefused, refusedShape, type Section } from "./section";

/** The outcome that a state's own text is for. */
const OUTCOME: Record<Exclude<HookState, "log">, Outcome> = { start: "info", finish: "success", fail: "failure" };
const TEXTS_OF: Record<Outcome, string> = {
  info: "Of starts, in the rule.",
  success: "Of successes, in the rule.",
  failure: "Of failures, in the rule.",
  warning: "",
};

type Part = (below: Section, as: string) => CustomText;

/** The own texts of each state that fires. @param partsOf what a state may set besides its texts */
function readTexts(
  section: Section,
  states: ReadonlySet<HookState>,
  { title, message }: { title: string; message: string },
  partsOf: Part = () => ({}),
): Partial<HookRule> {
  const outcomes: Partial<Record<Outcome, CustomText>> = {};
  for (const [state, outcome] of Object.entries(OUTCOME) as [HookState, Outcome][]) {
    if (!section.has(state)) continue;
    if (!states.has(state)) {
      section.leave(state, "The hook is not sent in this state.");
      continue;
    }
    const below = section.below(state);
    if (!below) continue;
    const as = TEXTS_OF[outcome];
    const own = { ...textOf(below, title, "title", 500, as), ...textOf(below, message, "message", 20_000, as) };
    const text = { ...own, ...partsOf(below, as) };
    if (Object.keys(text).length > 0) outcomes[outcome] = text;
    below.leaveRest("Belfry sets it itself.");
    section.adopt(state, below);
  }
  if (section.has("log")) section.leave("log", "The log goes along with the messages where the rule includes it.");
  return Object.keys(outcomes).length > 0 ? { outcomes } : {};
}

function textOf(below: Section, key: string, field: "title" | "message", max: number, as: string): CustomText {
  const value = below.value(key);
  if (typeof value === "string" && (value.includes("{{") || value.length > max)) {
    below.leave(
      key,
      `It holds {{, which fills in variables here, or has more than ${max.toLocaleString("en")} characters.`,
    );
    return {};
  }
  const text = below.text(key, as);
  return text === null ? {} : { [field]: text };
}

const ntfy: HookReader = (section) => {
  const topic = section.required("topic", "The topic in the channel.");
  const config: Config = { topic };
  const fields = [
    ["server", "serverUrl", "The server in the channel."],
    ["access_token", "accessToken", "The access token in the channel, sealed."],
    ["username", "user", "The user in the channel."],
    ["password", "password", "The password in the channel, sealed."],
  ] as const;
  for (const [key, field, as] of fields) {
    const text = section.text(key, as);
    if (text !== null) config[field] = text;
  }
  const states = readStates(section, ["fail"]);
  const texts = readTexts(section, states, { title: "title", message: "message" }, (below, as) => ({
    ...priorityOf(below, readPriority, as),
    ...tagsOf(below, as),
  }));
  return [{ provider: "ntfy", config, name: `ntfy ${topic}`, rule: { ...messageRule(states), ...texts } }];
};

function priorityOf(below: Section, read: (text: string) => Priority | undefined, as: string): CustomText {
  const value = below.value("priority");
  if (value === undefined) return {};
  const priority = typeof value === "string" || typeof value === "number" ? read(String(value)) : undefined;
  if (priority) below.take("priority", as);
  else below.leave("priority", "This priority is not known.");
  return priority ? { priority } : {};
}

function tagsOf(below: Section, as: string): CustomText {
  const text = below.text("tags", as);
  const tags = (text ?? "").split(",").flatMap((tag) => tag.trim().slice(0, 64) || []);
  return tags.length > 0 ? { tags: tags.slice(0, 20) } : {};
}

const PUSHOVER_PRIORITIES: Record<string, Priority> = {
  "-2": "lowest",
  "-1": "low",
  "0": "normal",
  "1": "high",
  "2": "urgent",
};

const pushover: HookReader = (section) => {
  const config: Config = {
    appToken: section.required("token", "The app token in the channel, sealed."),
    userKey: section.required("user", "The user key in the channel, sealed."),
  };
  const states = readStates(section, ["fail"]);
  const texts = readTexts(section, states, { title: "title", message: "message" }, (below, as) => {
    for (const [key, most] of [
      ["retry", 10_800],
      ["expire", 10_800],
    ] as const) {
      const seconds = below.whole(key, "Of emergencies, in the channel.");
      if (seconds !== null) config[key] = Math.min(most, Math.max(30, seconds));
    }
    const device = below.text("device", "The device in the channel, of all messages.");
    if (device !== null) config.device = device;
    const sound = below.text("sound", as);
    return { ...priorityOf(below, (text) => PUSHOVER_PRIORITIES[text], as), ...(sound !== null && { sound }) };
  });
  return [{ provider: "pushover", config, name: null, rule: { ...messageRule(states), ...texts } }];
};

const apprise: HookReader = (section, syntax) => {
  const states = readStates(section, ["fail"]);
  const texts = readTexts(section, states, { title: "title", message: "body" });
  const log = logRule(section, "logs_size_limit", syntax === "sections");
  const services = section.value("services");
  if (!Array.isArray(services) || services.length === 0) throw new HookRefused("It names no services.");
  const rule = { ...messageRule(states), ...log, ...texts };
  const found = services.flatMap((service, index) => appriseService(section, service, index, rule));
  section.take("services", "Each of its services is a channel, unless it says otherwise.");
  return found;
};

function appriseService(section: Section, service: YamlValue, index: number, rule: HookRule): FoundHook[] {
  if (!isMapping(service)) {
    section.lines.push({ key: `${section.path}.services[${index}]`, isTaken: false, text: refusedShape(service) });
    return [];
  }
  const below = section.item("services", index, service);
  try {
    const url = below.required("url", "The channel, its secrets sealed.");
    const label = below.text("label", "In the name of the channel.");
    below.leaveRest();
    section.lines.push(...below.lines);
    // What Belfry does not send itself goes through Apprise.
    const known = recognise(url) ?? { provider: "apprise", config: { url } };
    return [
      { provider: known.provider, config: known.config, name: label ?? known.name ?? null, key: below.path, rule },
    ];
  } catch (error) {
    if (!(error instanceof HookRefused)) throw error;
    section.lines.push({ key: below.path, isTaken: false, text: error.message });
    return [];
  }
}

/** Hooks that send messages to people, by their key. */
export const MESSAGE_HOOKS: Readonly<Record<string, HookReader>> = { ntfy, pushover, apprise };
