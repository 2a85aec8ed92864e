import { expect, test } from "vitest";
import { findProviders, type PickableProvider } from "./find-providers";

const one = (id: string, label: string, ...aliases: string[]): PickableProvider => ({
  id,
  label,
  aliases,
  tagline: "",
  purpose: "message",
  icon: { path: "M0 0z" },
});
const ALL = [
  one("discord", "Discord"),
  one("teams", "Microsoft Teams", "Office 365"),
  one("email", "Email", "mail", "SMTP", "Office 365"),
  one("twilio", "SMS (Twilio)", "text message"),
  one("rocketchat", "Rocket.Chat"),
  one("sns", "Amazon SNS", "SMS"),
  one("healthchecks", "Healthchecks", "hc-ping"),
];

test.each([
  ["", ALL.map(({ id }) => id)],
  ["  ", ALL.map(({ id }) => id)],
  ["SMS", ["twilio", "sns"]],
  ["sns", ["sns"]],
  ["mail", ["email"]],
  ["TEAMS", ["teams"]],
  ["office 365", ["teams", "email"]],
  ["hc-ping", ["healthchecks"]],
  ["hcping", ["healthchecks"]],
  ["rocketchat", ["rocketchat"]],
  ["rocket chat", ["rocketchat"]],
  ["teams pigeon", []],
  ["pigeon", []],
  ["cord", []],
  // Punctuation only: not a search yet.
  ["(.*)[", ALL.map(({ id }) => id)],
])("“%s” finds %j", (query, ids) => {
  expect(findProviders(ALL, query).map(({ id }) => id)).toEqual(ids);
});
