import { commandForForms } from "./command";
import { discordForForms } from "./discord";
import { emailForForms } from "./email";
import { healthchecksForForms } from "./healthchecks";
import { mattermostForForms } from "./mattermost";
import { opsgenieForForms } from "./opsgenie";
import { pagerdutyForForms } from "./pagerduty";
import type { FormTarget, ServiceForForms } from "./service";
import { slackForForms } from "./slack";
import { teamsForForms } from "./teams";
import { telegramForForms } from "./telegram";
import { watchgooseForForms } from "./watchgoose";
import { webhookForForms } from "./webhook";

/** One small service for each provider of the registry. */
export const EVERY_SERVICE: readonly ServiceForForms<FormTarget>[] = [
  commandForForms,
  discordForForms,
  emailForForms,
  healthchecksForForms,
  mattermostForForms,
  opsgenieForForms,
  pagerdutyForForms,
  slackForForms,
  teamsForForms,
  telegramForForms,
  watchgooseForForms,
  webhookForForms,
];
