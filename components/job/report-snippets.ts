import { type ReceiverSecrets, receiverUrls } from "@/lib/core/receiver-urls";
import { borgmaticLines } from "./borgmatic-lines";

/** How a program is set up to report an external job. */
export interface ReportSnippet {
  id: string;
  /** The program or service, as people know it. */
  name: string;
  /** Where the text goes. */
  where: string;
  text: string;
}

/**
 * What to copy into each program that can report a job, made for that job.
 * @param base the address of Belfry, without a slash at its end
 * @param mailTo its address for mail, and the port where mail is taken; null: none is
 */
export function reportSnippets(
  base: string,
  secrets: ReceiverSecrets,
  { timezone, mailTo }: { timezone: string; mailTo: { address: string; port: number } | null },
): ReportSnippet[] {
  const url = receiverUrls(base, secrets);
  return [
    ...scriptSnippets(url.healthchecks),
    ...systemSnippets(url.healthchecks, timezone),
    ...serviceSnippets(url),
    appriseSnippet(base, secrets.token),
    ...(mailTo ? mailSnippets(base, mailTo) : []),
  ];
}

/** Around commands of Linux and other Unix systems. */
function scriptSnippets(ping: string): ReportSnippet[] {
  return [
    {
      id: "curl",
      name: "Shell script (curl)",
      where: "Around the command that makes the backup",
      text: `curl -fsS -m 10 --retry 5 -o /dev/null "${ping}/start"
output=$(your-backup-command 2>&1); code=$?
printf '%s' "$output" | curl -fsS -m 10 --retry 5 -o /dev/null --data-binary @- "${ping}/$code"`,
    },
    {
      id: "cron",
      name: "cron",
      where: "A line of crontab -e",
      text: `0 2 * * * /usr/local/bin/backup.sh; curl -fsS -m 10 --retry 5 -o /dev/null ${ping}/$?`,
    },
    {
      id: "belfry-run",
      name: "belfry run",
      where: "In front of any command: times it, keeps its output, reports its exit code",
      text: `BELFRY_RUN_URL=${ping} belfry run -- restic backup /srv`,
    },
    {
      id: "borgmatic",
      name: "borgmatic (1.8 and newer)",
      where: "At the top level of config.yaml",
      text: borgmaticLines(ping, "flat"),
    },
    {
      id: "borgmatic-old",
      name: "borgmatic (before 1.8)",
      where: "Under hooks: in config.yaml",
      text: borgmaticLines(ping, "sections"),
    },
    {
      id: "restic",
      name: "restic",
      where: "A shell script; the id keeps overlapping runs apart",
      text: `rid=$(cat /proc/sys/kernel/random/uuid)
curl -fsS -m 10 --retry 5 -o /dev/null "${ping}/start?rid=$rid"
output=$(restic backup /srv 2>&1); code=$?
printf '%s' "$output" | curl -fsS -m 10 --retry 5 -o /dev/null --data-binary @- "${ping}/$code?rid=$rid"`,
    },
    {
      id: "wget",
      name: "wget",
      where: "After the backup",
      text: `wget -q -T 10 -t 5 --retry-on-http-error=503 -O /dev/null ${ping}/$?`,
    },
  ];
}

/** For what starts backups by itself. */
function systemSnippets(ping: string, timezone: string): ReportSnippet[] {
  return [
    {
      id: "powershell",
      name: "PowerShell",
      where: "Around the backup of a Windows machine",
      // A command that cannot be started leaves the exit code of another one, and those of Windows go far beyond 255.
      text: `try { Invoke-RestMethod -Method Post -TimeoutSec 10 -Uri "${ping}/start" | Out-Null } catch { Write-Warning "$_" }
$global:LASTEXITCODE = 0
try { $output = & your-backup-command 2>&1 | Out-String } catch { $output = "$_"; $global:LASTEXITCODE = 1 }
$end = if ($LASTEXITCODE -ge 0 -and $LASTEXITCODE -le 255) { $LASTEXITCODE } else { "fail" }
Invoke-RestMethod -Method Post -TimeoutSec 10 -Uri "${ping}/$end" -Body ([Text.Encoding]::UTF8.GetBytes($output)) | Out-Null`,
    },
    {
      id: "systemd",
      name: "systemd",
      where: "The unit that makes the backup: systemctl edit NAME.service",
      text: `[Service]
ExecStartPre=-/usr/bin/curl -fsS -m 10 --retry 5 -o /dev/null ${ping}/start
ExecStopPost=-/bin/sh -c 'curl -fsS -m 10 --retry 5 -o /dev/null ${ping}/$([ "$SERVICE_RESULT" = success ] && echo 0 || echo 1)'`,
    },
    {
      id: "docker",
      name: "Docker",
      where: "A container that backs up once",
      text: `docker run --rm your-backup-image; curl -fsS -m 10 --retry 5 -o /dev/null ${ping}/$?`,
    },
    {
      id: "kubernetes",
      name: "Kubernetes CronJob",
      where: "The command of the container",
      text: `apiVersion: batch/v1
kind: CronJob
metadata:
  name: backup
spec:
  schedule: "0 2 * * *"
  timeZone: ${timezone}
  jobTemplate:
    spec:
      template:
        spec:
          restartPolicy: Never
          containers:
            - name: backup
              image: your-backup-image
              command: [sh, -c, "your-backup-command; wget -q -T 10 -t 5 -O /dev/null ${ping}/$?"]`,
    },
  ];
}

/** For programs that speak to a service by themselves: its address is replaced. */
function serviceSnippets(url: ReturnType<typeof receiverUrls>): ReportSnippet[] {
  return [
    {
      id: "duplicati",
      name: "Duplicati",
      where: "Options of the backup, as text",
      text: `--send-http-json-urls=${url.duplicati}
--send-http-any-operation=true`,
    },
    {
      id: "proxmox",
      name: "Proxmox VE",
      where: "Datacenter > Notifications > Add > Webhook: POST to this URL, with this body",
      text: `${url.proxmox}

{"title": "{{ escape title }}", "message": "{{ escape message }}", "severity": "{{ severity }}", "timestamp": {{ timestamp }}, "fields": {{ json fields }}}`,
    },
    { id: "healthchecks", name: "Healthchecks", where: "In place of https://hc-ping.com/UUID", text: url.healthchecks },
    { id: "watchgoose", name: "Watchgoose", where: "In place of the ping URL", text: url.watchgoose },
    { id: "kuma", name: "Uptime Kuma", where: "In place of the push URL", text: `${url.uptimeKuma}?status=up&msg=OK` },
    { id: "cronitor", name: "Cronitor", where: "In place of the telemetry URL", text: url.cronitor },
    { id: "cronhub", name: "Cronhub", where: "In place of the ping URL", text: url.cronhub },
    { id: "sentry", name: "Sentry Crons", where: "In place of the DSN", text: url.sentry },
    { id: "ntfy", name: "ntfy", where: "In place of the server; any topic", text: url.ntfy },
    { id: "gotify", name: "Gotify", where: "In place of the server", text: url.gotify },
    { id: "loki", name: "Loki", where: "In place of the push URL", text: `${url.loki}/api/v1/push` },
    { id: "zabbix", name: "Zabbix", where: "In place of the API's URL", text: `${url.zabbix}/api_jsonrpc.php` },
    {
      id: "pagerduty",
      name: "PagerDuty Events v2",
      where: "In place of https://events.pagerduty.com",
      text: url.pagerduty,
    },
    { id: "alertmanager", name: "Alertmanager", where: "The url of a webhook_config", text: url.alertmanager },
    { id: "slack", name: "Slack webhook", where: "In place of the incoming webhook", text: url.slack },
    { id: "discord", name: "Discord webhook", where: "In place of the webhook", text: url.discord },
    { id: "webhook", name: "Any webhook (JSON)", where: "POST to this URL", text: url.webhook },
  ];
}

function appriseSnippet(base: string, token: string): ReportSnippet {
  const host = base.replace(/^https?:\/\//, "");
  const secure = base.startsWith("https:") ? "s" : "";
  const text = ["json", "form", "xml"].map((kind) => `${kind}${secure}://${host}/in/${token}/${kind}`).join("\n");
  return { id: "apprise", name: "Apprise", where: "One of these, as the address of a notification", text };
}

/** For what says how it went by mail. */
function mailSnippets(base: string, { address, port }: { address: string; port: number }): ReportSnippet[] {
  const host = URL.canParse(base) ? new URL(base).hostname : "belfry.example";
  const at = address.lastIndexOf("@");
  const [name, domain] = [address.slice(0, at), address.slice(at + 1)];
  return [
    {
      id: "mail-nas",
      name: "Mail of a NAS (Synology, QNAP, TrueNAS) or a program",
      where: "As the recipient of its notifications; its subject and text say how the backup went",
      text: `Recipient: ${address}
Mail server (SMTP): ${host}
Port: ${port}
Sign-in: none`,
    },
    {
      id: "mail-cron",
      name: "Mail of cron",
      where: "In crontab -e: output that names no error is only noted; with +fail any output is a failure",
      text: `MAILTO=${name}+fail@${domain}
0 2 * * * /usr/local/bin/backup.sh --quiet`,
    },
    {
      id: "mail-msmtp",
      name: "msmtp",
      where: "Configuration of msmtp, and a line for the script",
      text: `account belfry
host ${host}
port ${port}
from backup@localhost

your-backup-command > backup.log 2>&1; code=$?
{ printf 'Subject: backup\n\n'; cat backup.log; } | msmtp -a belfry "${name}+$code@${domain}"`,
    },
  ];
}
