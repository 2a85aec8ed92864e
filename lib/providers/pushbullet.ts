import { z } from "zod";
import type { Notification } from "@/lib/core/notification";
import { trimEndSigns } from "@/lib/core/trim-signs";
import { type AnswerRules, defineProvider, field, type RenderContext } from "./contract";
import { classify } from "./kit/classify";
import { brandMark } from "./kit/icon";
import { isObject, objectIn } from "./kit/json-body";
import { actionsOf, linkOf, titlePieces } from "./kit/message-text";
import { cutTo, measure } from "./kit/text";
import { footOf, footRoom, layOut, type Markup, writeLayout } from "./kit/text-layout";

/** Pushbullet documents no lengths; these keep a push within the size of Android and browser notifications. */
const limits = {
  title: { max: 250, unit: "codepoints" },
  body: { max: 4000, unit: "codepoints" },
} as const;

const API = "https://api.pushbullet.com";
const TAG = /^#[\w-]+$/;
const MAIL = /^[^\s@]+@[^\s@]+$/;
const DEVICE = /^\w{10,64}$/;

const PLAIN: Markup = {
  encode: (text) => text,
  fact: (name, value) => `${name}: ${value}`,
  log: (text) => text,
};

/** https://docs.pushbullet.com/#create-push */
interface Payload {
  type: "note" | "link";
  title: string;
  body: string;
  url?: string;
  /** A repeated push is answered with the first one. */
  guid: string;
  device_iden?: string;
  email?: string;
  channel_tag?: string;
}

/** https://docs.pushbullet.com/#create-push and #errors: the push with its `iden`, or an `error` object. */
const answers: AnswerRules = {
  service: "Pushbullet",
  proof: { expected: "with the push's iden", holds: ({ body }) => typeof objectIn(body)?.iden === "string" },
  isOwn: ({ body }) => isObject(objectIn(body)?.error),
};

/** Pushbullet: a push to all devices, one device, a person or a channel. */
export const pushbullet = defineProvider({
  id: "pushbullet",
  label: "Pushbullet",
  tagline: "To devices",
  aliases: ["push", "pbul"],
  icon: brandMark(
    "M12 0A12 12 0 0 0 0 12a12 12 0 0 0 12 12 12 12 0 0 0 12-12A12 12 0 0 0 12 0zm0 1.688A10.312 10.312 0 0 1 22.312 12 10.312 10.312 0 0 1 12 22.312 10.312 10.312 0 0 1 1.688 12 10.312 10.312 0 0 1 12 1.688zM7.258 6.92a.659.772 0 0 0-.659.772v8.643a.603.603 0 0 0 .603.603h1.733a.603.603 0 0 0 .603-.603V7.692a.659.772 0 0 0-.658-.772zm6.94.001c-.975.005-1.93.005-2.867.002-.28 0-.474.254-.534.499a1.7 1.7 0 0 0-.043.405c.004 2.854.007 5.677.007 8.47 0 .397.21.643.589.641 1.002-.004 1.967-.003 2.895 0 .058 0 .129.022.176.02.824-.018 1.552-.251 2.182-.698 2.02-1.43 2.554-4.264 1.662-6.47-.574-1.417-1.743-2.573-3.27-2.82a5.027 5.027 0 0 0-.797-.049z",
  ),
  docsUrl: "https://docs.pushbullet.com/#create-push",
  purpose: "message",
  namesPeople: true,
  answers: [answers],
  limits,
  concurrency: 2,
  foldAbove: 20,
  config: () =>
    z.object({
      accessToken: field(
        z
          .string()
          .trim()
          .min(1, "Enter the access token.")
          .regex(/^[\w.-]+$/, "An access token is one word, such as o.abc…"),
        {
          label: "Access token",
          help: "In Pushbullet: Settings → Account → Create Access Token",
          placeholder: "o.…",
          secret: true,
          sentTo: ["apiBaseUrl"],
        },
      ),
      target: field(
        z
          .string()
          .trim()
          .refine(
            (text) => text === "" || TAG.test(text) || MAIL.test(text) || DEVICE.test(text),
            "Enter a device's identifier, a mail address, or #tag of a channel.",
          )
          .optional(),
        {
          label: "Target",
          help: "A device's identifier, somebody's mail address, or #tag of one of your channels; empty: all your devices",
        },
      ),
      apiBaseUrl: field(z.url({ protocol: /^https?$/, error: "Enter an http or https address." }).default(API), {
        label: "API base URL",
        help: "Only for a proxy in front of Pushbullet",
        advanced: true,
      }),
    }),
  example: { accessToken: "o.ExampleExampleExampleExampleExample", target: "#backups" },

  render(notification, { target }, context): Payload {
    const link = linkOf(notification);
    return {
      type: link ? "link" : "note",
      title: cutTo(titlePieces(notification, context), limits.title),
      body: bodyFor(notification, context),
      ...(link ? { url: link.url } : {}),
      guid: context.deliveryId,
      ...targetOf(target),
    };
  },

  async send(payload, { accessToken, apiBaseUrl }, io) {
    const answer = await io.http.request({
      url: `${trimEndSigns(apiBaseUrl, "/")}/v2/pushes`,
      method: "POST",
      headers: { "content-type": "application/json", "access-token": accessToken },
      body: JSON.stringify(payload),
    });
    return classify(answer, answers);
  },

  parts: ({ title, body }) => ({ title: [title], body: [body] }),

  preview: ({ title, body, url, email, device_iden, channel_tag }) => {
    const to = email ?? device_iden ?? (channel_tag ? `#${channel_tag}` : "all devices");
    return {
      kind: "push",
      from: "Pushbullet",
      title,
      text: body,
      facts: [{ label: "To", value: to }],
      ...(url ? { link: { label: "Opens on tap", url } } : {}),
    };
  },

  advise({ status, reason }) {
    if (/Pro is required|pro_required/i.test(reason))
      return "The account's 500 pushes of this month are used up. Choose fewer events, or a Pushbullet Pro account.";
    if (status === 401)
      return "Pushbullet does not know this access token. Create a new one: Settings → Account → Create Access Token.";
    if (status === 403)
      return "This access token may not push. Create a new one in the account that the target belongs to.";
    if (/device_iden|channel_tag|email|target/i.test(reason))
      return "Pushbullet does not know this target. A device's identifier is at the end of its address on pushbullet.com; channels must be yours.";
    if (status === 429)
      return "The account's requests are used up for now. Belfry waits until the count restarts; nothing is lost.";
    return undefined;
  },
});

function targetOf(target: string | undefined): Pick<Payload, "channel_tag" | "email" | "device_iden"> {
  if (!target) return {};
  if (target.startsWith("#")) return { channel_tag: target.slice(1) };
  return target.includes("@") ? { email: target } : { device_iden: target };
}

function bodyFor(notification: Notification, context: RenderContext): string {
  const { max, unit } = limits.body;
  const small = { max: 160, unit } as const;
  const ways = actionsOf(notification).map(({ label, url }) => `${label}: ${url}`);
  const forWays = ways.reduce((sum, way) => sum + measure(way, unit) + 2, 0);
  const rest = footRoom(notification, context, small) + 2 + forWays;
  const layout = layOut(notification, context, { max: max - rest, unit }, PLAIN);
  return writeLayout(layout, PLAIN, ...ways, footOf(notification, context, layout.leftOut, small));
}
