import { pluralize } from "@/lib/core/format-units";
import type { AnswerRules, LimitUnit, MentionFormat, Provider } from "@/lib/providers/contract";
import { allProviders } from "@/lib/providers/registry";
import { fieldsTable } from "./fields";
import { between, emptyPart, markdownTable, withSection } from "./markdown";

const UNITS: Record<LimitUnit, string> = {
  codepoints: "characters",
  utf16: "UTF-16 units",
  bytes: "bytes",
};

/**
 * A channel's page: the handwritten text, with the provider's declaration between the marks. A page that does not exist begins as
 * what the declaration says.
 * @throws Error when the page lacks the marks
 */
export function channelPage(provider: Provider, now: string): string {
  const withFields = between(now || firstPage(provider), "fields", fieldsTable(provider));
  const withPicture = between(withSection(withFields, "picture", "What arrives"), "picture", pictureOf(provider));
  return between(withPicture, "declared", declaredFacts(provider));
}

/** The handwritten part as it begins. */
function firstPage({ label, tagline, purpose, docsUrl }: Provider): string {
  return [
    `# ${label}`,
    `${tagline}.${purpose === "message" ? "" : " A monitor: for notification rules of jobs only."}`,
    "## Set up",
    `1. Follow [the service's own page](${docsUrl}) until you have what the fields below ask for.`,
    `2. In Belfry: Channels → Add → ${label}. Fill in the form, press Test, save.`,
    "## Fields",
    emptyPart("fields"),
    "## What arrives",
    emptyPart("picture"),
    "## Limits",
    emptyPart("declared"),
  ]
    .join("\n\n")
    .concat("\n");
}

/** Drawn by `npm run docs -- pictures`. */
function pictureOf({ id, label, purpose }: Provider): string {
  const caption =
    purpose === "message" ? `A failed backup as ${label} shows it` : `What ${label} receives for a failed backup`;
  return `![${caption}](pictures/${id}.png)`;
}

/** The list of all channels, in the order of the picker. */
export function channelIndex(): string {
  const rowsOf = (purpose: Provider["purpose"]) =>
    allProviders()
      .filter((provider) => provider.purpose === purpose)
      .map(({ id, label }) => [`[${label}](${id}.md)`, `\`${id}\``]);
  const monitors = rowsOf("monitor");
  return [
    "# Channels",
    "",
    "One page for each service that Belfry can notify: how to set it up there, the fields of the form, what arrives, limits, and what to do",
    "about the service's errors. `npm run docs` generates this list.",
    "",
    "## Messages to people",
    "",
    "In notification rules of jobs, as global channels, and for single events.",
    "",
    "A notification counts as sent when the service itself says so; each page names its answer under *Counts as sent*. A web page, or a refusal in",
    "other words than the service's own, comes from something in between: a sign-in page, a proxy, the wrong path. Belfry then tries again for up",
    "to 24 hours, says so in the delivery, and never disables the channel for it.",
    "",
    "Where the service has mentions, the custom text of a channel or of a rule names whom it alerts, for all outcomes or for one of them; the page",
    "of the channel shows the format under *Mentions*. A Test, a reminder and a digest alert them too; a recovery only whom *Success* names. Nobody else",
    "is ever alerted: a mention in a name, a log or a value of a template has no effect.",
    "",
    markdownTable(["channel", "provider id"], rowsOf("message")),
    ...(monitors.length === 0
      ? []
      : [
          "",
          "## Monitors",
          "",
          "Services that expect a signal from each job. They belong in notification rules of jobs only.",
          "",
          markdownTable(["channel", "provider id"], monitors),
        ]),
    "",
  ].join("\n");
}

function proofText({ service, proof }: AnswerRules): string {
  return "byStatus" in proof ? proof.byStatus : `when ${service} answers ${proof.expected}`;
}

/** As code, since the formats themselves look like markup. */
function mentionsText({ example, hint }: MentionFormat): string {
  const words = hint.split(" ").map((word) => {
    const bare = word.replace(/[,;:.]$/, "");
    return /^[@<]/.test(word) ? `\`${bare}\`${word.slice(bare.length)}` : word;
  });
  return `${words.join(" ")}. For example \`${example}\``;
}

/** What a provider declares: rate limit, folding, secrets, and the limits of texts. */
function declaredFacts(provider: Provider): string {
  const { rate, foldAbove, digestMessages, secretFields, limits, answers, messageOptions } = provider;
  const { mentions } = messageOptions;
  const scope = rate?.per === "job" ? " for each job" : "";
  const rateLimit = rate
    ? `${pluralize(rate.requests, "request")} in ${rate.perMs / 1000} s${scope}`
    : "no limit known";
  const facts = [
    ["Provider id", `\`${provider.id}\``],
    ["Meant for", provider.purpose === "message" ? "people" : "a monitoring service: in job rules only"],
    ["Can mail the user an event is about", provider.canMailPeople ? "yes" : "no"],
    ["Rate limit", `${rateLimit}; at most ${provider.concurrency} at once`],
    [
      "Many messages fold into a digest",
      foldAbove === null
        ? "never"
        : `when more than ${foldAbove} wait, at most ${pluralize(digestMessages, "message")}`,
    ],
    ...(provider.purpose === "message"
      ? [["With a custom message", "what else is shown stays, the facts too unless the text leaves them out"]]
      : []),
    ...(mentions ? [["Mentions", mentionsText(mentions)]] : []),
    ...(answers.length > 0 ? [["Counts as sent", answers.map(proofText).join("; or ")]] : []),
    ["Sealed fields", secretFields.map((name) => `\`${name}\``).join(", ") || "none"],
    ["The service's own page", `<${provider.docsUrl}>`],
  ];
  const cuts = Object.entries(limits).map(([part, { max, unit }]) => [
    `\`${part}\``,
    `${max.toLocaleString("en")} ${UNITS[unit]}`,
  ]);
  const cutTable = cuts.length === 0 ? [] : ["", markdownTable(["part", "cut after"], cuts)];
  return [markdownTable(["", ""], facts), ...cutTable].join("\n");
}
