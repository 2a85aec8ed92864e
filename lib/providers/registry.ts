import { kindsById } from "@/lib/core/kind";
import { apprise } from "./apprise/apprise";
import { command } from "./command";
import type { Provider } from "./contract";
import { cronhub } from "./cronhub";
import { cronitor } from "./cronitor";
import { discord } from "./discord/discord";
import { email } from "./email/email";
import { googleChat } from "./google-chat";
import { gotify } from "./gotify";
import { healthchecks } from "./healthchecks";
import { line } from "./line";
import { loki } from "./loki/loki";
import { matrix } from "./matrix/matrix";
import { mattermost } from "./mattermost";
import { ntfy } from "./ntfy";
import { opsgenie } from "./opsgenie/opsgenie";
import { pagerduty } from "./pagerduty/pagerduty";
import { pushbullet } from "./pushbullet";
import { pushover } from "./pushover/pushover";
import { rocketchat } from "./rocketchat/rocketchat";
import { sentry } from "./sentry";
import { signal } from "./signal";
import { slack } from "./slack/slack";
import { sns } from "./sns";
import { teams } from "./teams/teams";
import { telegram } from "./telegram/telegram";
import { twilio } from "./twilio/twilio";
import { uptimeKuma } from "./uptime-kuma";
import { watchgoose } from "./watchgoose";
import { webex } from "./webex";
import { webhook } from "./webhook";
import { zabbix } from "./zabbix";
import { zulip } from "./zulip";

export { checkTemplate } from "./kit/template";

/** Every provider, in the order of the picker. */
const PROVIDERS: readonly Provider[] = [
  discord,
  slack,
  teams,
  telegram,
  email,
  pushover,
  ntfy,
  gotify,
  twilio,
  webhook,
  sns,
  apprise,
  command,
  cronhub,
  cronitor,
  googleChat,
  healthchecks,
  line,
  loki,
  matrix,
  mattermost,
  opsgenie,
  pagerduty,
  pushbullet,
  rocketchat,
  sentry,
  signal,
  uptimeKuma,
  watchgoose,
  webex,
  zabbix,
  zulip,
];

const byId = kindsById(PROVIDERS);

export function allProviders(): readonly Provider[] {
  return PROVIDERS;
}

/** The provider that mails people at their own addresses, and through which the system mail server is tested. */
export function mailProvider(): Provider {
  return email;
}

/** Undefined for an unknown id: a channel of a newer or older version. */
export function providerOf(id: string): Provider | undefined {
  return byId.get(id);
}
