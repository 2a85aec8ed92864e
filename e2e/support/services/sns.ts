import { createHash, createHmac } from "node:crypto";
import { type Service, type ServiceForForms, type ServiceReply, type ServiceRequest, startService } from "./service";

export const SNS_KEYS = {
  accessKeyId: "AKIATESTSOFBELFRY001",
  secretAccessKey: "snsSecretOfTheTests/0123456789+abcdefghi",
};
export const SNS_REGION = "eu-central-1";
export const SNS_TOPIC = "arn:aws:sns:eu-central-1:123456789012:backups";

export interface SnsService extends Service {
  messages: Record<string, string>[];
  /** What its clock says, milliseconds; the real time at first. */
  now: () => number;
}

/** Behaves like the Publish action, signatures checked: https://docs.aws.amazon.com/sns/latest/api/API_Publish.html */
export async function startSns(): Promise<SnsService> {
  const messages: SnsService["messages"] = [];
  const state = { now: () => Date.now() };
  const service = await startService((request) => answer(request, messages, sns.now()));
  const sns: SnsService = Object.assign(service, { messages, now: state.now });
  return sns;
}

function answer(request: ServiceRequest, messages: SnsService["messages"], now: number): ServiceReply {
  const wrong = signatureProblem(request, now);
  if (wrong) return error(403, ...wrong);
  const { form } = request;
  if (form.get("Action") !== "Publish" || form.get("Version") !== "2010-03-31")
    return error(400, "InvalidAction", "The action or operation requested is invalid");
  const [topic, phone, text] = [form.get("TopicArn"), form.get("PhoneNumber"), form.get("Message") ?? ""];
  const subject = form.get("Subject");
  if (!text) return error(400, "InvalidParameter", "Invalid parameter: Empty message");
  if (Buffer.byteLength(text) > 262_144) return error(400, "InvalidParameter", "Invalid parameter: Message too long");
  if (phone !== null) {
    if (!/^\+[1-9]\d{7,14}$/.test(phone))
      return error(
        400,
        "InvalidParameter",
        `Invalid parameter: PhoneNumber Reason: ${phone} is not valid to publish to`,
      );
    if (text.length > 1600) return error(400, "InvalidParameter", "Invalid parameter: Message too long");
    if (phone === "+15005550004") return error(400, "OptedOut", "Phone number is opted out");
  } else if (!topic?.startsWith(SNS_TOPIC)) return error(404, "NotFound", "Topic does not exist");
  else if (topic.endsWith(".fifo") && !form.get("MessageGroupId"))
    return error(
      400,
      "InvalidParameter",
      "Invalid parameter: The MessageGroupId parameter is required for FIFO topics",
    );
  // ASCII, less than 100, beginning with a letter, a digit or a sign, no line breaks.
  if (subject !== null && !/^[\x21-\x7e][\x20-\x7e]{0,98}$/.test(subject))
    return error(400, "InvalidParameter", "Invalid parameter: Subject");
  messages.push(Object.fromEntries(form));
  return {
    status: 200,
    headers: { "content-type": "text/xml" },
    body: `<PublishResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><PublishResult><MessageId>msg-${messages.length}</MessageId></PublishResult><ResponseMetadata><RequestId>r</RequestId></ResponseMetadata></PublishResponse>`,
  };
}

/** The check of Signature Version 4, written from the specification and not from what signs. */
function signatureProblem({ method, path, headers, body }: ServiceRequest, now: number): [string, string] | null {
  const parts =
    /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([^/]+)\/sns\/aws4_request, SignedHeaders=([\w;-]+), Signature=([0-9a-f]{64})$/.exec(
      headers.authorization ?? "",
    );
  if (!parts) return ["IncompleteSignature", "Authorization header requires 'Credential' parameter."];
  const [, id = "", day = "", region = "", signed = "", signature] = parts;
  if (id !== SNS_KEYS.accessKeyId)
    return ["InvalidClientTokenId", "The security token included in the request is invalid."];
  const stamp = headers["x-amz-date"] ?? "";
  const at = Date.parse(stamp.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, "$1-$2-$3T$4:$5:$6Z"));
  if (Math.abs(now - at) > 15 * 60_000)
    return ["SignatureDoesNotMatch", `Signature expired: ${stamp} is now earlier than the time of this server`];
  let canonical = `${method}\n${path}\n\n`;
  for (const name of signed.split(";")) canonical += `${name}:${headers[name]}\n`;
  canonical += `\n${signed}\n${createHash("sha256").update(body).digest("hex")}`;
  const scope = `${day}/${region}/sns/aws4_request`;
  const digest = createHash("sha256").update(canonical).digest("hex");
  let key: Buffer | string = `AWS4${SNS_KEYS.secretAccessKey}`;
  for (const part of scope.split("/")) key = createHmac("sha256", key).update(part).digest();
  const right = createHmac("sha256", key).update(`AWS4-HMAC-SHA256\n${stamp}\n${scope}\n${digest}`).digest("hex");
  const words = "The request signature we calculated does not match the signature you provided.";
  return right === signature && region === SNS_REGION ? null : ["SignatureDoesNotMatch", words];
}

function error(status: number, code: string, message: string): ServiceReply {
  return { status, headers: { "content-type": "text/xml" }, body: snsError(code, message) };
}

export function snsError(code: string, message: string): string {
  return `<ErrorResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><Error><Type>ResolvedProvider</Type><Code>${code}</Code><Message>${message.replaceAll("<", "&lt;")}</Message></Error><RequestId>r</RequestId></ErrorResponse>`;
}

export const forForms: ServiceForForms<SnsService> = {
  provider: "sns",
  start: startSns,
  config: (url) => ({ region: SNS_REGION, ...SNS_KEYS, topicArn: SNS_TOPIC, apiBaseUrl: url }),
  secretField: "secretAccessKey",
  texts: ({ messages }) => messages.map(({ Message }) => Message ?? ""),
};
