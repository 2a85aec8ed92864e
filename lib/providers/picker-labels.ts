/** How a service stands in the picker: one short line, and what else people call it. */
export interface PickerLabels {
  line: string;
  aliases: readonly string[];
}

const WORDS: Record<string, PickerLabels> = {
  discord: { line: "Into a server's channel", aliases: ["chat", "webhook"] },
  slack: { line: "Into a workspace's channel", aliases: ["chat", "bot", "webhook"] },
  teams: {
    line: "Into a team's channel",
    aliases: ["Microsoft", "MS Teams", "Office 365", "Workflows", "Power Automate"],
  },
  telegram: { line: "From a bot to a chat", aliases: ["chat", "tgram"] },
  email: { line: "To any mail address", aliases: ["mail", "SMTP", "Gmail", "Outlook", "Office 365"] },
  pushover: { line: "To phones and tablets", aliases: ["push", "mobile"] },
  ntfy: { line: "To who follows a topic", aliases: ["push", "mobile", "ntfy.sh"] },
  gotify: { line: "By a server of your own", aliases: ["push", "mobile"] },
  twilio: { line: "To phone numbers, by Twilio", aliases: ["SMS", "text message", "phone"] },
  webhook: {
    line: "To any HTTP address",
    aliases: ["HTTP", "URL", "JSON", "REST", "n8n", "Home Assistant", "Zapier"],
  },
  apprise: { line: "100 more services by URL", aliases: ["URL", "push", "MQTT", "Bark", "IFTTT", "syslog"] },
  command: { line: "Runs a program here", aliases: ["script", "shell", "hook", "program"] },
  "google-chat": { line: "Into a space", aliases: ["gchat", "Workspace", "Hangouts"] },
  mattermost: { line: "Into a team's channel", aliases: ["chat", "mmost"] },
  rocketchat: { line: "Into a channel or a room", aliases: ["Rocket Chat", "chat"] },
  matrix: { line: "Into a room", aliases: ["Element", "Synapse", "chat"] },
  zulip: { line: "Into a stream's topic", aliases: ["chat"] },
  webex: { line: "Into a space", aliases: ["Cisco", "chat"] },
  pushbullet: { line: "To devices", aliases: ["push", "pbul"] },
  signal: { line: "By a gateway of your own", aliases: ["signal-cli", "messenger"] },
  line: { line: "To a person or a group", aliases: ["messenger", "chat"] },
  sns: { line: "To a topic or a phone", aliases: ["AWS", "Amazon", "SMS"] },
  pagerduty: { line: "Opens and closes incidents", aliases: ["incident", "on-call", "pager"] },
  opsgenie: { line: "Opens and closes alerts", aliases: ["Atlassian", "incident", "on-call"] },
  healthchecks: {
    line: "A check of one job",
    aliases: ["hc-ping", "healthchecks.io", "heartbeat", "dead man's switch"],
  },
  watchgoose: { line: "A check of one job", aliases: ["heartbeat", "dead man's switch"] },
  cronitor: { line: "A monitor of one job", aliases: ["heartbeat", "telemetry"] },
  cronhub: { line: "A monitor of one job", aliases: ["heartbeat"] },
  "uptime-kuma": { line: "A push monitor of one job", aliases: ["Kuma", "heartbeat"] },
  sentry: { line: "Check-ins of one job", aliases: ["crons", "check-in"] },
  loki: { line: "Run logs and states", aliases: ["Grafana", "logs"] },
  zabbix: { line: "A value of a host's item", aliases: ["trapper", "history.push"] },
};

const NONE: PickerLabels = { line: "", aliases: [] };

/** What stands below a service's name in the picker, and by which words it is found as well. */
export function pickerLabelsOf(id: string): PickerLabels {
  return (Object.hasOwn(WORDS, id) ? WORDS[id] : undefined) ?? NONE;
}
