import { countText } from "@/lib/core/measure";
import type { LimitUnit, Provider } from "@/lib/providers/contract";
import { table } from "./markdown";

const UNITS: Record<LimitUnit, string> = {
  codepoints: "characters",
  utf16: "UTF-16 units",
  bytes: "bytes",
};

/** What a provider declares: pace, folding, secrets, and the limits that texts are cut to. */
export function factsOf(provider: Provider): string {
  const { rate, foldAbove, secretFields, limits } = provider;
  const pace = rate ? `${countText(rate.requests, "request")} in ${rate.perMs / 1000} s` : "no limit known";
  const facts = [
    ["Provider id", `\`${provider.id}\``],
    ["Meant for", provider.purpose === "message" ? "people" : "a monitoring service: on job rows only"],
    ["Can mail the user an event is about", provider.canMailPeople ? "yes" : "no"],
    ["Pace", `${pace}; at most ${provider.concurrency} at once`],
    ["A storm is folded", foldAbove === null ? "never" : `when more than ${foldAbove} wait`],
    ["Sealed fields", secretFields.map((name) => `\`${name}\``).join(", ") || "none"],
    ["The service's own page", `<${provider.docsUrl}>`],
  ];
  const cuts = Object.entries(limits).map(([part, { max, unit }]) => [
    `\`${part}\``,
    `${max.toLocaleString("en")} ${UNITS[unit]}`,
  ]);
  return [table(["", ""], facts), "", table(["part", "cut after"], cuts)].join("\n");
}
