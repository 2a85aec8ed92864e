import { discordForForms } from "./discord";
import { emailForForms } from "./email";
import { opsgenieForForms } from "./opsgenie";
import { pagerdutyForForms } from "./pagerduty";
import type { FormTarget, ServiceForForms } from "./service";
import { slackForForms } from "./slack";
import { telegramForForms } from "./telegram";
import { webhookForForms } from "./webhook";

/** One small service for each provider of the registry. */
export const EVERY_SERVICE: readonly ServiceForForms<FormTarget>[] = [
  discordForForms,
  emailForForms,
  opsgenieForForms,
  pagerdutyForForms,
  slackForForms,
  telegramForForms,
  webhookForForms,
];
