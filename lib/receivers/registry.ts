import { alertmanagerReceiver } from "./alertmanager";
import { appriseReceiver } from "./apprise";
import type { Receiver } from "./contract";
import { cronhubReceiver } from "./cronhub";
import { cronitorReceiver } from "./cronitor";
import { discordReceiver } from "./discord";
import { duplicatiReceiver } from "./duplicati";
import { formReceiver } from "./form";
import { gotifyReceiver } from "./gotify";
import { healthchecksReceiver } from "./healthchecks";
import { jsonReceiver } from "./json";
import { kumaReceiver } from "./kuma";
import { lokiReceiver } from "./loki";
import { mailReceiver } from "./mail";
import { ntfyReceiver } from "./ntfy";
import { pagerdutyReceiver } from "./pagerduty";
import { proxmoxReceiver } from "./proxmox";
import { sentryReceiver } from "./sentry";
import { slackReceiver } from "./slack";
import { watchgooseReceiver } from "./watchgoose";
import { webhookReceiver } from "./webhook";
import { xmlReceiver } from "./xml";
import { zabbixReceiver } from "./zabbix";

/** All receivers, in the order in which people look for them. */
export const RECEIVERS: readonly Receiver[] = [
  healthchecksReceiver,
  cronitorReceiver,
  cronhubReceiver,
  watchgooseReceiver,
  kumaReceiver,
  sentryReceiver,
  ntfyReceiver,
  gotifyReceiver,
  appriseReceiver,
  jsonReceiver,
  formReceiver,
  xmlReceiver,
  lokiReceiver,
  zabbixReceiver,
  pagerdutyReceiver,
  alertmanagerReceiver,
  slackReceiver,
  discordReceiver,
  duplicatiReceiver,
  proxmoxReceiver,
  mailReceiver,
  webhookReceiver,
];

const BY_ID: ReadonlyMap<string, Receiver> = new Map(RECEIVERS.map((receiver) => [receiver.id, receiver]));

/** The receiver with an id; undefined for an unknown one. */
export function receiverById(id: string): Receiver | undefined {
  return BY_ID.get(id);
}
