import { z } from "zod";
import { field } from "../contract";

const API = "https://api.pushover.net";
export const KEY = /^[A-Za-z0-9]{30}$/;
/** https://pushover.net/api#priority */
export const LEVELS = { lowest: -2, low: -1, normal: 0, high: 1, emergency: 2 } as const;

function key(name: string) {
  return z.string().trim().min(1, `Enter the ${name}.`).regex(KEY, `The ${name} has 30 letters and digits.`);
}

/** The form of a Pushover channel. */
export const config = () =>
  z.object({
    userKey: field(key("user key"), {
      label: "User key",
      help: "Of a person or a group: on pushover.net at the top right, once signed in",
      secret: true,
      sentTo: ["apiBaseUrl"],
    }),
    appToken: field(key("app token"), {
      label: "App token",
      help: "On pushover.net: Create an Application/API Token",
      secret: true,
      sentTo: ["apiBaseUrl"],
    }),
    device: field(
      z
        .union([
          z.literal(""),
          z
            .string()
            .trim()
            .regex(/^[\w-]{1,25}(,[\w-]{1,25})*$/, "Names of devices, separated by commas."),
        ])
        .optional(),
      { label: "Device", help: "Only these devices, separated by commas; empty: all", advanced: true },
    ),
    priority: field(z.enum(["emergency", "high", "normal", "low", "lowest"]).default("high"), {
      label: "Priority of failures",
      help: "Everything else has normal priority at most. An emergency rings until a person acknowledges it or the problem is resolved",
      widget: "select",
      optionLabels: {
        emergency: "Emergency: rings until acknowledged",
        high: "High: also in quiet hours",
        normal: "Normal",
        low: "Low: without a sound",
        lowest: "Lowest: only a badge",
      },
    }),
    sound: field(
      z
        .union([
          z.literal(""),
          z
            .string()
            .trim()
            .regex(/^[\w-]{1,20}$/, "The name of a sound, such as siren."),
        ])
        .optional(),
      { label: "Sound", help: "A Pushover sound or an uploaded one; empty: the app's own", advanced: true },
    ),
    retry: field(z.int().min(30, "At least 30 seconds.").max(10_800, "At most 10,800 seconds.").default(60), {
      label: "Emergency: ring every (seconds)",
      help: "At least 30",
      widget: "number",
      advanced: true,
    }),
    expire: field(z.int().min(30, "At least 30 seconds.").max(10_800, "At most 10,800 seconds.").default(3600), {
      label: "Emergency: give up after (seconds)",
      help: "At most 10,800, which is three hours",
      widget: "number",
      advanced: true,
    }),
    apiBaseUrl: field(z.url({ protocol: /^https?$/, error: "Enter an http or https address." }).default(API), {
      label: "API base URL",
      help: "Only for a proxy in front of Pushover",
      advanced: true,
    }),
  });

export type PushoverConfig = z.output<ReturnType<typeof config>>;
