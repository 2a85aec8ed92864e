import {
  type AppriseAddress,
  appriseOrigin,
  delegate,
  delegateEach,
  type Form,
  incomplete,
  meetSwitches,
  meetWords,
  pathOf,
  readAppriseSetting,
  readMarked,
  splitList,
  targetsOf,
} from "./address";
import { bodyJson, fill } from "./body";

const PHONE = /^\+?[\d\s().-]{8,22}$/;

/** Text messages, incident services and automation: https://github.com/caronc/apprise/wiki#notification-services */
export const INCIDENT_FORMS: Record<string, Form> = {
  twilio: (address) => {
    const { user, password, host, path } = address;
    const accountSid = readAppriseSetting(address, "sid") ?? user;
    const authToken = readAppriseSetting(address, "token") ?? password;
    const source = readAppriseSetting(address, "from", "source") ?? host;
    if (!accountSid || !authToken || !source) return incomplete("twilio://SID:token@from/to");
    meetWords(address, { format: /^t/i, method: /^s/i });
    const isService = source.startsWith("MG");
    const to = targetsOf(address, path).map(phoneNumber);
    if (to.length === 0 && isService) return incomplete("twilio://SID:token@from/to");
    const from = isService ? undefined : /^\d{5,6}$/.test(source) ? source : phoneNumber(source);
    return delegate("twilio", {
      accountSid,
      authToken,
      ...(isService ? { messagingServiceSid: source } : { from }),
      // As Apprise does: without a number it is for the sender.
      to: to.length > 0 ? to : [from],
    });
  },

  pagerduty: (address) => {
    const integrationKey = readAppriseSetting(address, "integrationkey") ?? address.user;
    if (!integrationKey) return incomplete("pagerduty://integration-key@api-key");
    meetWords(address, { format: /^t/i, image: /./ });
    const [source, component] = address.path;
    return delegate("pagerduty", {
      integrationKey,
      region: readAppriseSetting(address, "region")?.toLowerCase(),
      source: readAppriseSetting(address, "source") ?? source,
      component: readAppriseSetting(address, "component") ?? component,
      group: readAppriseSetting(address, "group"),
      class: readAppriseSetting(address, "class"),
    });
  },

  opsgenie: (address) => {
    const apiKey = readAppriseSetting(address, "apikey") ?? address.host;
    if (!apiKey) return incomplete("opsgenie://api-key");
    meetWords(address, { format: /^t/i, batch: /./, action: /^map/i });
    const tags = splitList(readAppriseSetting(address, "tags"));
    // A bare name is a person here.
    const responders = targetsOf(address).map((name) => (/^[#@^*]/.test(name) ? name : `@${name}`));
    return delegate("opsgenie", {
      apiKey,
      region: readAppriseSetting(address, "region")?.toLowerCase(),
      responders: responders.length > 0 ? responders : undefined,
      tags: tags.length > 0 ? tags : undefined,
      entity: readAppriseSetting(address, "entity"),
    });
  },

  signal: (address) => signal(address, false),
  signals: (address) => signal(address, true),
  sns,

  splunk,
  victorops: splunk,

  spike: (address) => {
    const key = readAppriseSetting(address, "token") ?? address.host;
    if (!key) return incomplete("spike://integration-key");
    meetWords(address, { format: /^t/i });
    return delegate("webhook", {
      url: `https://api.spike.sh/v1/alerts/${encodeURIComponent(key)}`,
      template: bodyJson({ message: fill("{{title}}"), description: fill("{{message}}") }),
    });
  },

  /** https://ifttt.com/maker_webhooks */
  ifttt: (address) => {
    const { user, host, path } = address;
    meetWords(address, { format: /^t/i });
    const key = user || host;
    const events = targetsOf(address, user ? [host, ...path] : path);
    if (!key || events.length === 0) return incomplete("ifttt://key@event");
    const values: Record<string, string | ReturnType<typeof fill>> = {
      value1: fill("{{title}}"),
      value2: fill("{{message}}"),
      value3: fill("{{apprise.type}}"),
    };
    for (const [name, value] of Object.entries(readMarked(address, "+"))) values[name.toLowerCase()] = value;
    for (const name of Object.keys(readMarked(address, "-"))) delete values[name.toLowerCase()];
    return delegateEach("webhook", events, (event) => ({
      url: `https://maker.ifttt.com/trigger/${encodeURIComponent(event)}/with/key/${encodeURIComponent(key)}`,
      template: bodyJson(values),
    }));
  },

  hassio: (address) => homeAssistant(address, false),
  hassios: (address) => homeAssistant(address, true),
};

/** `+` and digits, as E.164 wants them. */
function phoneNumber(text: string): string {
  return PHONE.test(text) ? `+${text.replace(/\D/g, "")}` : text;
}

/** https://github.com/bbernhard/signal-cli-rest-api */
function signal(address: AppriseAddress, isSecure: boolean): ReturnType<Form> {
  const sender = readAppriseSetting(address, "from");
  const [first, ...others] = sender ? [sender, ...address.path] : address.path;
  if (!address.host || !first) return incomplete("signal://host:port/from/to");
  const recipients = targetsOf(address, others)
    .map((to) => to.replace(/^@/, ""))
    .map(phoneNumber);
  const number = phoneNumber(first);
  meetSwitches(address, { status: false });
  meetWords(address, { batch: /./, format: /^t/i });
  return delegate("signal", {
    serverUrl: appriseOrigin(address, isSecure),
    user: address.user,
    password: address.password,
    number,
    recipients: recipients.length > 0 ? recipients : [number],
  });
}

const REGION = /^[a-z]{2}(-[a-z]+)+-\d$/i;

/** A secret key has slashes in it: it goes on until a region comes. https://github.com/caronc/apprise/wiki/Notify_sns */
function sns(address: AppriseAddress): ReturnType<Form> {
  const at = address.path.findIndex((entry) => REGION.test(entry));
  const accessKeyId = readAppriseSetting(address, "access") ?? address.host;
  const secretAccessKey = readAppriseSetting(address, "secret") ?? address.path.slice(0, Math.max(0, at)).join("/");
  const region = readAppriseSetting(address, "region") ?? address.path[at]?.toLowerCase();
  const targets = targetsOf(address, address.path.slice(at + 1));
  if (!accessKeyId || !secretAccessKey || !region || targets.length === 0)
    return incomplete("sns://access-key-id/secret-key/region/+number");
  const named = targets.find((target) => !PHONE.test(target) && !target.startsWith("arn:"));
  if (named !== undefined)
    return { apprise: `Belfry writes to topics by their complete ARN: arn:aws:sns:${region}:account:name.` };
  meetWords(address, { format: /^t/i });
  return delegateEach("sns", targets, (target) => ({
    region,
    accessKeyId,
    secretAccessKey,
    ...(target.startsWith("arn:") ? { topicArn: target } : { phoneNumber: phoneNumber(target) }),
  }));
}

const SPLUNK_ACTIONS = ["INFO", "ACKNOWLEDGEMENT", "WARNING", "RECOVERY", "CRITICAL"];

/** https://help.victorops.com/knowledge-base/rest-endpoint-integration-guide/ */
function splunk(address: AppriseAddress): ReturnType<Form> {
  const apiKey = readAppriseSetting(address, "apikey") ?? address.host;
  const route = readAppriseSetting(address, "routing_key", "route") ?? address.user;
  if (!apiKey || !route) return incomplete("splunk://routing-key@api-key");
  meetWords(address, { format: /^t/i });
  const entity = readAppriseSetting(address, "entity_id") ?? address.path.join("/");
  const wanted = (readAppriseSetting(address, "action") ?? "map").toUpperCase().replace(/^RESOLVE.*/, "RECOVERY");
  const action = SPLUNK_ACTIONS.find((one) => one.startsWith(wanted));
  return delegate("webhook", {
    url: `https://alert.victorops.com/integrations/generic/20131114/alert${pathOf([apiKey, route])}`,
    template: bodyJson({
      message_type: action ?? fill("{{splunk.type}}"),
      entity_id: entity || fill("belfry/{{thread.id}}"),
      entity_display_name: fill("{{title}}"),
      state_message: fill("{{message}}"),
      monitoring_tool: "Belfry",
    }),
  });
}

/** https://www.home-assistant.io/integrations/persistent_notification/ */
function homeAssistant(address: AppriseAddress, isSecure: boolean): ReturnType<Form> {
  const { host, path } = address;
  const given = readAppriseSetting(address, "accesstoken");
  const token = given ?? path.at(-1);
  const before = given ? path : path.slice(0, -1);
  // With a service of its own in front of the token it is no notification of Home Assistant itself; with a user,
  // versions of Apprise differ.
  if (address.user || !host || !token || before.some((entry) => entry.includes(".")))
    return incomplete("hassios://host/token");
  meetWords(address, { format: /^t/i });
  // Home Assistant listens at 8123 unless a proxy is in front of it.
  const port = address.port ?? (isSecure ? null : 8123);
  return delegate("webhook", {
    url: `${appriseOrigin({ ...address, port }, isSecure)}${pathOf(before)}/api/services/persistent_notification/create`,
    authHeader: `Bearer ${token}`,
    template: bodyJson({
      title: fill("{{title}}"),
      message: fill("{{message}}"),
      notification_id: readAppriseSetting(address, "nid") ?? fill("{{delivery.id}}"),
    }),
  });
}
