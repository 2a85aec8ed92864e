import { type ReportSnippet, reportSnippets } from "@/components/job/report-snippets";
import { type ReceiverUrlName, receiverUrls } from "@/lib/core/receiver-urls";
import { between, cell, markdownTable } from "./markdown";

const HOST = "belfry.example";
const THREE = "start, success, failure";
const BY_TEXT = "by borgmatic's texts, or by the job's keywords";

/** What a program is, and what it can say. */
interface ReportingProgram {
  name: string;
  states: string;
  /** The address as people write it; otherwise its path. */
  address?: (url: string) => string;
  /** What stands behind the address. */
  more?: string;
}

/** The programs of the table, by their addresses: one without a line does not compile. */
const PROGRAMS: Record<ReceiverUrlName, ReportingProgram> = {
  plain: { name: "curl, wget, scripts", states: "all", more: ", then `/start`, `/fail`, `/log` or the exit code" },
  healthchecks: {
    name: "Healthchecks",
    states: "all",
    more: ", with the same words; `/ping/PING-KEY/SLUG`, with `?create=1` to make the job",
  },
  watchgoose: { name: "Watchgoose", states: "all" },
  cronitor: { name: "Cronitor", states: THREE },
  cronhub: { name: "Cronhub", states: THREE },
  uptimeKuma: { name: "Uptime Kuma", states: THREE, more: ", `/api/push/TOKEN`" },
  sentry: { name: "Sentry Crons", states: THREE, address: (url) => `the DSN \`${url}\`` },
  apprise: { name: "Apprise", states: "by the type of the message", more: `, \`apprise://${HOST}/TOKEN\`` },
  json: { name: "Apprise, as JSON", states: "by the type of the message", address: schemeOf("json") },
  form: { name: "Apprise, as a form", states: "by the type of the message", address: schemeOf("form") },
  xml: { name: "Apprise, as XML", states: "by the type of the message", address: schemeOf("xml") },
  ntfy: { name: "ntfy", states: BY_TEXT },
  gotify: { name: "Gotify", states: BY_TEXT },
  slack: { name: "Slack", states: BY_TEXT },
  discord: { name: "Discord", states: BY_TEXT },
  loki: { name: "Loki", states: "by borgmatic's lines, with their times" },
  zabbix: { name: "Zabbix", states: THREE },
  pagerduty: { name: "PagerDuty Events v2", states: "failure, and success by a resolve" },
  alertmanager: { name: "Alertmanager", states: "failure, and success by a resolve" },
  duplicati: { name: "Duplicati", states: "success, warning, failure" },
  proxmox: { name: "Proxmox", states: "success, warning, failure" },
  webhook: { name: "any JSON", states: "by the job's own mapping" },
  mail: {
    name: "mail",
    states: "by the address, or by its words",
    address: (url) => `\`UUID@${HOST}\`, see [Mail](#mail); services that take mail and post it: \`${pathOf(url)}\``,
  },
};

const BASE = `https://${HOST}`;
const SECRETS = { token: "TOKEN", uuid: "UUID" };

/** docs/external-jobs.md: the table of addresses, and what to copy into each program, made of what the program itself says. */
export function externalJobsPage(now: string): string {
  return between(between(now, "addresses", addresses()), "snippets", snippets());
}

function addresses(): string {
  const urls = receiverUrls(BASE, SECRETS);
  const rows = (Object.keys(PROGRAMS) as ReceiverUrlName[]).map((id) => {
    const { name, states, address = (url) => `\`${pathOf(url)}\``, more = "" } = PROGRAMS[id];
    return [name, `${address(urls[id])}${more}`, states];
  });
  return markdownTable(["reports by", "address", "states"], rows);
}

function snippets(): string {
  const mailTo = { address: `UUID@${HOST}`, port: 25 };
  const all = reportSnippets(BASE, SECRETS, { timezone: "Europe/Zurich", mailTo });
  const isShort = ({ text }: ReportSnippet) => !text.includes("\n");
  const short = all.filter(isShort).map(({ name, where, text }) => [name, cell(where), `\`${cell(text)}\``]);
  const long = all.filter((one) => !isShort(one));
  const blocks = long.map(({ name, where, text }) => `**${name}.** ${where}:\n\n\`\`\`\n${text}\n\`\`\``);
  return [markdownTable(["program", "where", "what"], short), ...blocks].join("\n\n");
}

function pathOf(url: string): string {
  return url.slice(url.indexOf(HOST) + HOST.length);
}

function schemeOf(scheme: string): (url: string) => string {
  return (url) => `\`${url.replace("https", scheme)}\``;
}
