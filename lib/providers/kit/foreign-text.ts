import type { Notification } from "@/lib/core/notification";

/** How Apprise calls a message: https://github.com/caronc/apprise/wiki/CLI_Usage */
export function appriseType({ tone }: Notification): "info" | "success" | "warning" | "failure" {
  return tone === "system" ? "info" : tone;
}

/** How Splunk On-Call (VictorOps) calls it: https://help.victorops.com/knowledge-base/rest-endpoint-integration-guide/ */
export function splunkMessageType(
  notification: Notification,
): "CRITICAL" | "WARNING" | "INFO" | "ACKNOWLEDGEMENT" | "RECOVERY" {
  const { status, tone } = notification;
  if (status === "resolved") return "RECOVERY";
  if (status === "acknowledged") return "ACKNOWLEDGEMENT";
  if (tone === "failure") return "CRITICAL";
  return tone === "warning" ? "WARNING" : "INFO";
}
