import { z } from "zod";
import type { Notification } from "@/lib/core/notification";
import { type AnswerRules, defineProvider, field, type RenderContext, type SendResult } from "./contract";
import { awsAuthorization, awsTime } from "./kit/aws-signature";
import { classify, reasonOf } from "./kit/classify";
import { composeText, PLAIN } from "./kit/compose";
import { disc } from "./kit/icon";
import { titlePieces } from "./kit/message-text";
import { phoneNumber } from "./kit/phone-number";
import { asSeptets, measureSms, plainTypography, SMS_LIMITS, smsText } from "./kit/sms-text";
import { cutTo, join } from "./kit/text";

/**
 * https://docs.aws.amazon.com/sns/latest/api/API_Publish.html: a subject is "less than 100 characters long". A text
 * message has at most three segments.
 */
const limits = {
  subject: { max: 99, unit: "codepoints" },
  message: { max: 250_000, unit: "bytes" },
  ...SMS_LIMITS,
} as const;

const PASSING = /^(Throttl\w*|KMSThrottling\w*|RequestLimitExceeded|InternalError|InternalFailure|ServiceUnavailable)$/;
const GONE = /^(EndpointDisabled|PlatformApplicationDisabled)\w*$/;
const ARN = /^arn:aws[a-z-]*:sns:([a-z0-9-]+):\d{12}:[A-Za-z0-9_-]{1,256}(\.fifo)?$/;

/** https://docs.aws.amazon.com/sns/latest/api/API_Publish.html: everything is XML, errors too. */
const answers: AnswerRules = {
  service: "Amazon SNS",
  proof: { expected: "with a MessageId", holds: ({ body }) => /<MessageId>[^<\s]+<\/MessageId>/.test(body) },
  isOwn: ({ body }) => /<ErrorResponse[\s>]/.test(body) && /<Code>[\w.]+<\/Code>/.test(body),
  isGone: ({ body }) => GONE.test(codeIn(body).replace(/Exception$/, "")),
};

interface Payload {
  /** The form parameters; the request is signed when it is sent. */
  form: Record<string, string>;
  /** Milliseconds; AWS accepts a signature for 15 minutes. */
  signedAt: number;
}

const config = () =>
  z
    .object({
      region: field(
        z
          .string()
          .trim()
          .min(1, "Enter the region.")
          .regex(/^[a-z]{2}(-[a-z]+)+-\d+$/, "A region looks like eu-central-1."),
        { label: "Region", placeholder: "eu-central-1" },
      ),
      accessKeyId: field(
        z
          .string()
          .trim()
          .min(1, "Enter the access key ID.")
          .regex(/^[A-Z0-9]{16,128}$/, "An access key ID has 16 or more capital letters and digits."),
        {
          label: "Access key ID",
          help: "Of an IAM user with the permission sns:Publish and no other",
          placeholder: "AKIA…",
        },
      ),
      secretAccessKey: field(z.string().trim().min(1, "Enter the secret access key."), {
        label: "Secret access key",
        help: "AWS shows it once, when the access key is created",
        secret: true,
        sentTo: ["apiBaseUrl"],
      }),
      topicArn: field(
        z
          .union([
            z.literal(""),
            z.string().trim().regex(ARN, "An ARN of a topic looks like arn:aws:sns:eu-central-1:123456789012:backups."),
          ])
          .optional(),
        {
          label: "Topic ARN",
          help: "All subscribers of the topic get the message",
          placeholder: "arn:aws:sns:eu-central-1:123456789012:backups",
        },
      ),
      phoneNumber: field(z.union([z.literal(""), phoneNumber]).optional(), {
        label: "Phone number",
        help: "Instead of a topic: one text message",
        placeholder: "+491701234567",
      }),
      apiBaseUrl: field(
        z.union([z.literal(""), z.url({ protocol: /^https?$/, error: "Enter an http or https address." })]).optional(),
        {
          label: "API base URL",
          help: "For a VPC endpoint, a proxy or a compatible service; otherwise the region decides",
          placeholder: "https://sns.eu-central-1.amazonaws.com",
          advanced: true,
        },
      ),
    })
    .superRefine(({ topicArn, phoneNumber: phone, region }, context) => {
      const refuse = (path: string, message: string) => context.addIssue({ code: "custom", path: [path], message });
      if (!topicArn && !phone) refuse("topicArn", "Enter a topic, or a phone number below.");
      if (topicArn && phone) refuse("phoneNumber", "Choose one: the topic above, or a phone number.");
      const home = topicArn ? ARN.exec(topicArn)?.[1] : undefined;
      if (home && home !== region) refuse("region", `The topic is in ${home}.`);
    });

/** Amazon SNS: a message to a topic, or a text message to a number. */
export const sns = defineProvider({
  id: "sns",
  label: "Amazon SNS",
  tagline: "To a topic or a phone",
  aliases: ["AWS", "Amazon", "SMS"],
  icon: {
    path: `${disc(5, 12, 4)}${disc(19.5, 4.5, 2.5)}${disc(19.5, 12, 2.5)}${disc(19.5, 19.5, 2.5)}M7.5 9.2l10-5.7 1 1.7-10 5.7zM8 11h10v2H8zM7.5 14.8l1-1.7 10 5.7-1 1.7z`,
  },
  docsUrl: "https://docs.aws.amazon.com/sns/latest/api/API_Publish.html",
  purpose: "message",
  namesPeople: true,
  answers: [answers],
  limits,
  // Text messages of an account: https://docs.aws.amazon.com/general/latest/gr/sns.html. Topics take 300 and more.
  rate: { requests: 20, perMs: 1_000 },
  concurrency: 4,
  foldAbove: 20,
  digestMessages: 1,
  config,
  example: {
    region: "eu-central-1",
    accessKeyId: "AKIAEXAMPLE012345678",
    secretAccessKey: "exampleSecretOfAnAccessKey/0123456789abc",
    topicArn: "arn:aws:sns:eu-central-1:123456789012:backups",
  },

  render: (notification, { topicArn, phoneNumber: phone }, context): Payload => ({
    form: {
      Action: "Publish",
      Version: "2010-03-31",
      ...(topicArn ? toTopic(topicArn, notification, context) : toPhone(phone ?? "", notification, context)),
    },
    signedAt: context.now ?? notification.at,
  }),

  async send({ form, signedAt }, { region, apiBaseUrl, accessKeyId, secretAccessKey }, io) {
    const domain = region.startsWith("cn-") ? "amazonaws.com.cn" : "amazonaws.com";
    const url = new URL(apiBaseUrl || `https://sns.${region}.${domain}`);
    const body = new URLSearchParams(form).toString();
    const headers = {
      "content-type": "application/x-www-form-urlencoded; charset=utf-8",
      host: url.host,
      "x-amz-date": awsTime(signedAt),
    };
    const request = { path: url.pathname, headers, body };
    const authorization = awsAuthorization(request, { region, service: "sns" }, { accessKeyId, secretAccessKey });
    const answer = await io.http.request({
      url: url.origin + url.pathname,
      method: "POST",
      headers: { ...headers, authorization },
      body,
    });
    const outcome = classify(answer, answers);
    return answer.kind === "answer" ? judge(outcome, answer.body) : outcome;
  },

  parts({ form }): Record<string, string[]> {
    const text = form.Message ?? "";
    if (form.TopicArn) return { subject: [form.Subject ?? ""], message: [text] };
    const isGsm = measureSms(text).encoding === "GSM-7";
    return { gsm7: isGsm ? [asSeptets(text)] : [], ucs2: isGsm ? [] : [text] };
  },

  preview({ form }) {
    const text = form.Message ?? "";
    if (form.TopicArn) {
      const facts = [{ label: "Topic", value: form.TopicArn }];
      return { kind: "mail", format: "plain", title: form.Subject ?? "", text, facts };
    }
    const { encoding, segments } = measureSms(text);
    return {
      kind: "sms",
      text,
      facts: [
        { label: "To", value: form.PhoneNumber ?? "" },
        { label: "Encoding", value: encoding },
        { label: "Segments", value: String(segments) },
      ],
    };
  },

  fromUrl(text) {
    const region = ARN.exec(text)?.[1];
    return region ? { region, topicArn: text } : null;
  },

  advise({ status, reason }) {
    if (/InvalidClientTokenId|UnrecognizedClient/.test(reason))
      return "AWS does not know this access key. It was deleted or disabled; create a new one in IAM and enter both parts.";
    if (/signature expired|RequestExpired/i.test(reason))
      return "The clock of this server is wrong by more than 15 minutes; AWS accepts no signature with a wrong time. Set the clock.";
    if (/SignatureDoesNotMatch|IncompleteSignature/.test(reason))
      return "The secret access key does not belong to the access key ID. Enter both again.";
    if (/AuthorizationError|AccessDenied/.test(reason))
      return "The access key may not publish here. Allow its IAM user sns:Publish on this topic (for text messages: on *).";
    if (/NotFound/.test(reason) || status === 404)
      return "There is no such topic in this region. Copy its ARN again from the SNS console.";
    if (/opted out/i.test(reason))
      return "This number has opted out of text messages from your AWS account. It can be opted in again in the SNS console, once in 30 days.";
    if (/Throttl/.test(reason))
      return "AWS accepts no more messages at the moment. Belfry tries again; nothing is lost.";
    return undefined;
  },
});

function toTopic(topicArn: string, notification: Notification, context: RenderContext): Record<string, string> {
  return {
    TopicArn: topicArn,
    Subject: subjectOf(notification, context),
    Message: composeText(notification, context, PLAIN, limits.message),
    // A FIFO topic requires a group, and drops duplicates itself.
    ...(topicArn.endsWith(".fifo")
      ? { MessageGroupId: context.threadId.slice(0, 128), MessageDeduplicationId: context.deliveryId.slice(0, 128) }
      : {}),
  };
}

function toPhone(phone: string, notification: Notification, context: RenderContext): Record<string, string> {
  return {
    PhoneNumber: phone,
    Message: smsText(notification, context).text,
    "MessageAttributes.entry.1.Name": "AWS.SNS.SMS.SMSType",
    "MessageAttributes.entry.1.Value.DataType": "String",
    "MessageAttributes.entry.1.Value.StringValue": "Transactional",
  };
}

/** ASCII that begins with a letter, a digit or a sign. A title in another script becomes the event's name; the message has it in full. */
function subjectOf(notification: Notification, context: RenderContext): string {
  const title = asAscii(join(titlePieces(notification, context)).slice(0, 400));
  const letters = title.replaceAll("?", "").trim();
  const isReadable = letters.length * 2 >= title.length && letters !== "";
  const subject = isReadable ? title : asAscii(notification.typeName).replaceAll("?", "").trim() || "Belfry";
  const cut = cutTo(subject, { max: limits.subject.max - 2, unit: "codepoints" });
  return subject.length <= limits.subject.max ? subject : cut.replace(/…$/, "...");
}

function asAscii(text: string): string {
  const plain = plainTypography(text).normalize("NFKD").replace(/\p{M}/gu, "");
  return plain
    .replace(/[^\x20-\x7e]+/g, "?")
    .replace(/\s+/g, " ")
    .trim();
}

/** The code of an error says more than its status: https://docs.aws.amazon.com/sns/latest/api/CommonErrors.html */
function judge(outcome: SendResult, body: string): SendResult {
  if (outcome.kind === "sent") {
    const receipt = /<MessageId>([^<]{1,200})<\/MessageId>/.exec(body)?.[1];
    return receipt ? { ...outcome, receipt } : outcome;
  }
  const code = codeIn(body);
  if (!code || outcome.status === undefined) return outcome;
  const words = unescapeXml(/<Message>([^<]*)<\/Message>/.exec(body)?.[1] ?? "");
  const reason = reasonOf(outcome.status, JSON.stringify({ message: words ? `${code}: ${words}` : code }));
  const { status, answer } = outcome;
  const name = code.replace(/Exception$/, "");
  if (PASSING.test(name) && outcome.kind !== "retry") return { kind: "retry", reason, status, answer };
  return { ...outcome, reason };
}

function codeIn(body: string): string {
  return /<Code>([\w.]{1,100})<\/Code>/.exec(body)?.[1] ?? "";
}

function unescapeXml(text: string): string {
  return text
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&quot;", '"')
    .replaceAll("&apos;", "'")
    .replaceAll("&amp;", "&");
}
