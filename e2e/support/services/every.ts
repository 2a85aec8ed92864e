import { appriseForForms } from "./apprise-api";
import { commandForForms } from "./command";
import { cronhubForForms } from "./cronhub";
import { cronitorForForms } from "./cronitor";
import { discordForForms } from "./discord";
import { emailForForms } from "./email";
import { googleChatForForms } from "./google-chat";
import { gotifyForForms } from "./gotify";
import { healthchecksForForms } from "./healthchecks";
import { lineForForms } from "./line";
import { lokiForForms } from "./loki";
import { matrixForForms } from "./matrix";
import { mattermostForForms } from "./mattermost";
import { ntfyForForms } from "./ntfy";
import { opsgenieForForms } from "./opsgenie";
import { pagerdutyForForms } from "./pagerduty";
import { pushbulletForForms } from "./pushbullet";
import { pushoverForForms } from "./pushover";
import { rocketchatForForms } from "./rocketchat";
import { sentryForForms } from "./sentry";
import type { FormTarget, ServiceForForms } from "./service";
import { signalForForms } from "./signal";
import { slackForForms } from "./slack";
import { snsForForms } from "./sns";
import { teamsForForms } from "./teams";
import { telegramForForms } from "./telegram";
import { twilioForForms } from "./twilio";
import { uptimeKumaForForms } from "./uptime-kuma";
import { watchgooseForForms } from "./watchgoose";
import { webexForForms } from "./webex";
import { webhookForForms } from "./webhook";
import { zabbixForForms } from "./zabbix";
import { zulipForForms } from "./zulip";

/** One small service for each provider of the registry. */
export const EVERY_SERVICE: readonly ServiceForForms<FormTarget>[] = [
  appriseForForms,
  commandForForms,
  cronhubForForms,
  cronitorForForms,
  discordForForms,
  emailForForms,
  googleChatForForms,
  gotifyForForms,
  healthchecksForForms,
  lineForForms,
  lokiForForms,
  matrixForForms,
  mattermostForForms,
  ntfyForForms,
  opsgenieForForms,
  pagerdutyForForms,
  pushbulletForForms,
  pushoverForForms,
  rocketchatForForms,
  sentryForForms,
  signalForForms,
  slackForForms,
  snsForForms,
  teamsForForms,
  telegramForForms,
  twilioForForms,
  uptimeKumaForForms,
  watchgooseForForms,
  webexForForms,
  webhookForForms,
  zabbixForForms,
  zulipForForms,
];
