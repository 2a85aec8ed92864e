import { isMapping } from "@/lib/core/yaml/read-yaml";
import type { Config } from "@/lib/secrets/config";
import { type HookReader, type HookState, leaveTls, logRule, messageRule, monitorRule, readStates } from "./hook";
import { HookRefused, type Section } from "./section";

const ALL: readonly HookState[] = ["start", "finish", "fail"];
const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const URL_OF_CHANNEL = "The address in the channel, sealed.";
/** https://develop.sentry.dev/sdk/overview/#parsing-the-dsn */
const DSN = /^(https?):\/\/([^@:/]+)(?::[^@]*)?@([^/]+)((?:\/[^/]+)*)\/(\d+)\/?$/;

function pings(provider: string, home: string): HookReader {
  return (section, syntax) => {
    const given = section.required("ping_url", URL_OF_CHANNEL);
    // What is no address is a UUID or a slug of the service itself.
    let pingUrl = given.startsWith("http") || UUID.test(given) ? given : `${home}${given}`;
    const isSlug = section.flag("create_slug", () => "Part of the address.") ?? false;
    if (isSlug && !UUID.test(given.split("/").at(-1) ?? "") && !pingUrl.includes("?")) pingUrl += "?create=1";
    leaveTls(section);
    const rule = {
      ...monitorRule(readStates(section, ALL)),
      ...logRule(section, "ping_body_limit", syntax === "sections"),
    };
    return [{ provider, config: { pingUrl }, name: null, rule }];
  };
}

function plainPing(provider: string, key: string, field: string): HookReader {
  return (section) => {
    const config = { [field]: section.required(key, URL_OF_CHANNEL) };
    leaveTls(section);
    return [{ provider, config, name: null, rule: monitorRule(readStates(section, ALL)) }];
  };
}

const sentry: HookReader = (section) => {
  const dsn = section.required("data_source_name_url", URL_OF_CHANNEL);
  const slug = section.required("monitor_slug", "Part of the address.");
  const [, protocol, key, host, path, project] = DSN.exec(dsn) ?? [];
  if (!key) throw new HookRefused("Its data_source_name_url is not of the form https://KEY@HOST/PROJECT.");
  const environment = section.text("environment", "The environment in the channel.");
  const pingUrl = `${protocol}://${host}${path}/api/${project}/cron/${encodeURIComponent(slug)}/${key}/`;
  const config = { pingUrl, ...(environment && { environment }) };
  return [{ provider: "sentry", config, name: `Sentry ${slug}`, rule: monitorRule(readStates(section, ALL)) }];
};

const pagerduty: HookReader = (section) => {
  const config = { integrationKey: section.required("integration_key", "The key in the channel, sealed.") };
  const rule = { ...messageRule(new Set(["fail"])), ...logRule(section, null, false) };
  return [{ provider: "pagerduty", config, name: null, rule }];
};

const loki: HookReader = (section, syntax) => {
  const url = section.required("url", "The address in the channel; user and password in it sealed.");
  if (!URL.canParse(url)) throw new HookRefused("Its url is no complete address.");
  const parsed = new URL(url);
  const [user, password] = [decoded(parsed.username), decoded(parsed.password)];
  parsed.username = parsed.password = "";
  const labels = lokiLabels(section);
  const tls = section.value("tls");
  if (isMapping(tls)) section.leave("tls", "These are files of its machine: paste the certificates into the channel.");
  const config: Config = { url: parsed.href, labels, ...(user && { user }), ...(password && { password }) };
  const rule = { ...monitorRule(new Set(ALL)), ...logRule(section, null, syntax === "sections") };
  return [{ provider: "loki", config, name: null, rule }];
};

/** What borgmatic fills in of its own machine becomes the job's name: it is Belfry that sends. */
const OWN_LABELS = new Set(["__hostname", "__config", "__config_path"]);

function lokiLabels(section: Section): Record<string, string> {
  const below = section.below("labels");
  if (!below) return {};
  const labels: Record<string, string> = {};
  for (const [name, value] of Object.entries(section.value("labels") ?? {})) {
    if (typeof value === "string" && OWN_LABELS.has(value)) {
      labels[name] = "__job";
      below.take(name, `A label with the job's name in place of ${value}, since Belfry sends it.`);
    } else {
      const text = below.text(name, "A label in the channel.");
      if (text !== null) labels[name] = text;
    }
  }
  section.adopt("labels", below);
  return labels;
}

const ZABBIX_STATES = { start: "start", finish: "success", fail: "failure" } as const;

const zabbix: HookReader = (section) => {
  const config: Config = { url: section.required("server", "The address in the channel.") };
  const fields = [
    ["api_key", "apiKey", "The API token in the channel, sealed."],
    ["username", "user", "The user in the channel."],
    ["password", "password", "The password in the channel, sealed."],
    ["itemid", "itemId", "The item id in the channel."],
    ["host", "host", "The host in the channel."],
    ["key", "key", "The item key in the channel."],
  ] as const;
  for (const [key, field, as] of fields) {
    const text = section.text(key, as);
    if (text !== null) config[field] = text;
  }
  const states = readStates(section, ["fail"]);
  const values: Record<string, string> = {};
  for (const [state, name] of Object.entries(ZABBIX_STATES)) {
    const below = section.below(state);
    if (!below) continue;
    const value = below.text("value", "The value of this state in the channel.");
    if (value !== null) values[name] = value;
    below.leaveRest();
    section.adopt(state, below);
  }
  if (Object.keys(values).length > 0) config.values = values;
  return [{ provider: "zabbix", config, name: null, rule: monitorRule(states) }];
};

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/** Hooks that report runs to a service, by their key. */
export const MONITOR_HOOKS: Readonly<Record<string, HookReader>> = {
  healthchecks: pings("healthchecks", "https://hc-ping.com/"),
  watchgoose: pings("watchgoose", "https://watchgoose.com/"),
  cronitor: plainPing("cronitor", "ping_url", "pingUrl"),
  cronhub: plainPing("cronhub", "ping_url", "pingUrl"),
  uptime_kuma: plainPing("uptime-kuma", "push_url", "pushUrl"),
  sentry,
  pagerduty,
  loki,
  zabbix,
};

/** The key of a hook that older files give as a text in place of a mapping. */
export const SHORT_FORMS: Readonly<Record<string, string>> = {
  healthchecks: "ping_url",
  cronitor: "ping_url",
  cronhub: "ping_url",
  pagerduty: "integration_key",
};
