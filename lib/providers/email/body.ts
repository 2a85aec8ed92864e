import type { Notification } from "@/lib/core/notification";
import { TONE_HEX } from "@/lib/core/tone";
import { escapeMarkup } from "../kit/body-format";

/** All texts of one mail, plain and already cut. */
export interface MailText {
  notification: Notification;
  title: string;
  message: string;
  facts: { label: string; value: string }[];
  log?: string;
  link?: { label: string; url: string };
  actions: { label: string; url: string }[];
  timezone: string;
  installation: { name: string; url: string | null };
  because?: string;
}

/** `Backup Failed · critical`, the line above the title. */
function eyebrow({ notification }: MailText): string {
  const parts = [
    notification.isTest ? "Test" : "",
    notification.typeName,
    notification.severity === "info" ? "" : notification.severity,
  ];
  return parts.filter(Boolean).join(" · ");
}

function footer({ installation, because, timezone }: MailText): string {
  const { name, url } = installation;
  const by = `Sent by ${name}${url && /^https?:\/\/\S+$/.test(url) ? ` (${url})` : ""}`;
  return `${by}${because ? ` because of ${because}` : ""}. Times are ${timezone}.`;
}

/** The plain-text part, with the same content as the HTML part. Lines end in LF. */
export function textBody(content: MailText): string {
  const width = Math.min(24, Math.max(0, ...content.facts.map(({ label }) => label.length)) + 2);
  const facts = content.facts.map(
    ({ label, value }) => `${`${label}:`.padEnd(width)} ${value.replaceAll("\n", `\n${" ".repeat(width + 1)}`)}`,
  );
  const parts = [
    `${eyebrow(content)}\n${content.title}`,
    content.message,
    facts.join("\n"),
    content.log ? `Log\n${content.log.replace(/^/gm, "  ")}` : "",
    [content.link ?? [], content.actions]
      .flat()
      .map(({ label, url }) => `${label}: ${url}`)
      .join("\n"),
    // The signature mark: mail programs fold what follows or leave it out of a reply.
    `-- \n${footer(content)}`,
  ];
  return `${parts.filter(Boolean).join("\n\n")}\n`;
}

/** For mail programs that support style blocks and the dark theme; all others use the inline colours. */
const DARK = `:root{color-scheme:light dark;supported-color-schemes:light dark}
@media (prefers-color-scheme:dark){
.page{background:#161513!important}.card{background:#201f1c!important;border-color:#34322e!important}
.ink{color:#f1efeb!important}.dim{color:#a8a49b!important}.rule{border-color:#34322e!important}
.log{background:#161513!important;color:#cfcbc3!important}.button{background:#f1efeb!important;color:#191816!important}.second{border-color:#5a5751!important}}
@media (max-width:480px){.pad{padding-left:18px!important;padding-right:18px!important}.label{width:104px!important}}`;

const FONT = "-apple-system,'Segoe UI',Helvetica,Arial,sans-serif";

/** The HTML part: tables and inline styles, no images, no external resources. Every value is escaped. */
export function htmlBody(content: MailText): string {
  const tone = TONE_HEX[content.notification.tone];
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark"><meta name="supported-color-schemes" content="light dark"><title>${escapeMarkup(content.title)}</title><style>${DARK}</style></head>
<body class="page" style="margin:0;padding:0;background:#f4f3f0;font-family:${FONT};color:#191816">
<table role="presentation" class="page" width="100%" cellpadding="0" cellspacing="0" style="background:#f4f3f0"><tr><td align="center" style="padding:32px 12px">
<table role="presentation" class="card" width="600" cellpadding="0" cellspacing="0" style="width:100%;max-width:600px;background:#ffffff;border:1px solid #e7e6e3;border-radius:8px;overflow:hidden;text-align:left">
<tr><td style="background:${tone};height:6px;line-height:6px;font-size:0">&nbsp;</td></tr>
<tr><td class="pad dim" style="padding:24px 28px 4px;font-size:13px;color:#6d6a64">${escapeMarkup(eyebrow(content))}</td></tr>
<tr><td class="pad ink" style="padding:0 28px 6px;font-size:21px;line-height:1.3;font-weight:600;letter-spacing:-.01em;color:#191816;word-break:break-word">${escapeMarkup(content.title)}</td></tr>
${content.message ? `<tr><td class="pad ink" style="padding:0 28px 18px;font-size:15px;line-height:1.5;color:#191816;word-break:break-word">${lines(content.message)}</td></tr>\n` : ""}${factTable(content)}${logBlock(content)}${buttons(content)}<tr><td class="pad dim rule" style="padding:14px 28px;border-top:1px solid #e7e6e3;font-size:12px;color:#6d6a64;line-height:1.5">${escapeMarkup(footer(content))}</td></tr>
</table></td></tr></table></body></html>
`;
}

function lines(text: string): string {
  return escapeMarkup(text).replaceAll("\n", "<br>\n");
}

function factTable({ facts }: MailText): string {
  if (facts.length === 0) return "";
  const rows = facts.map(
    ({ label, value }) =>
      `<tr><td class="dim rule label" valign="top" style="padding:9px 12px 9px 0;color:#6d6a64;width:138px;border-bottom:1px solid #f0efec">${escapeMarkup(label)}</td><td class="ink rule" valign="top" style="padding:9px 0;border-bottom:1px solid #f0efec;color:#191816;word-break:break-word">${lines(value)}</td></tr>`,
  );
  return `<tr><td class="pad" style="padding:0 28px 18px"><table role="presentation" class="rule" width="100%" cellpadding="0" cellspacing="0" style="font-size:14px;line-height:1.4;border-top:1px solid #e7e6e3">
${rows.join("\n")}</table></td></tr>\n`;
}

function logBlock({ log }: MailText): string {
  if (!log) return "";
  return `<tr><td class="pad" style="padding:0 28px 18px"><div class="log" style="background:#f4f3f0;border-radius:6px;padding:12px 14px;font:12px/1.6 Menlo,Consolas,monospace;color:#45423d;white-space:pre-wrap;word-break:break-word">${escapeMarkup(log)}</div></td></tr>\n`;
}

const BUTTON = "display:inline-block;font-size:14px;font-weight:500;border-radius:6px;text-decoration:none";

/** The link as the first button; what the reader can do as quieter ones beside it. */
function buttons({ link, actions }: MailText): string {
  const first = link
    ? [
        `<a class="button" href="${escapeMarkup(link.url)}" style="${BUTTON};background:#191816;color:#ffffff;padding:9px 16px">${escapeMarkup(link.label)}</a>`,
      ]
    : [];
  const others = actions.map(
    ({ label, url }) =>
      `<a class="ink second" href="${escapeMarkup(url)}" style="${BUTTON};border:1px solid #cfcdc8;color:#191816;padding:8px 15px">${escapeMarkup(label)}</a>`,
  );
  const all = [...first, ...others];
  if (all.length === 0) return "";
  return `<tr><td class="pad" style="padding:4px 28px 26px">${all.join("&nbsp;&nbsp; ")}</td></tr>\n`;
}
