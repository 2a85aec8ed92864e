import { type Service, type ServiceForForms, type ServiceReply, type ServiceRequest, startService } from "./service";

export const TWILIO_SID = "AC0123456789abcdef0123456789abcdef";
export const TWILIO_TOKEN = "b7c1e09f4a5d4c2e8f60a1b2c3d4e5f6";
export const TWILIO_FROM = "+15005550006";

export interface TwilioService extends Service {
  messages: { to: string; from: string; body: string }[];
}

/** Numbers with which Twilio itself lets errors be tried: https://www.twilio.com/docs/iam/test-credentials */
const TO_ERRORS: Record<string, [number, string]> = {
  "+15005550001": [21211, "Invalid 'To' Phone Number: +1500555XXXX"],
  "+15005550002": [21612, "Message cannot be sent with the current combination of 'To' and/or 'From' parameters"],
  "+15005550003": [21408, "Permission to send an SMS has not been enabled for the region indicated by the 'To' number"],
  "+15005550004": [21610, "Attempt to send to unsubscribed recipient"],
  "+15005550009": [21614, "'To' number is not a valid mobile number"],
};
const FROM_ERRORS: Record<string, [number, string]> = {
  "+15005550001": [21212, "Invalid From Number (caller ID): +15005550001"],
  "+15005550007": [
    21606,
    "The 'From' phone number provided (+15005550007) is not a valid message-capable Twilio phone number",
  ],
  "+15005550008": [21611, "This 'From' number has exceeded the maximum number of queued messages"],
};

/** Behaves like `POST /2010-04-01/Accounts/SID/Messages.json`. https://www.twilio.com/docs/messaging/api/message-resource */
export async function startTwilio(): Promise<TwilioService> {
  const messages: TwilioService["messages"] = [];
  const service = await startService((request) => answer(request, messages));
  return Object.assign(service, { messages });
}

function answer({ method, path, headers, form }: ServiceRequest, messages: TwilioService["messages"]): ServiceReply {
  const expected = `Basic ${Buffer.from(`${TWILIO_SID}:${TWILIO_TOKEN}`).toString("base64")}`;
  if (headers.authorization !== expected) return error(401, 20003, "Authenticate");
  if (method !== "POST" || path !== `/2010-04-01/Accounts/${TWILIO_SID}/Messages.json`)
    return error(404, 20404, `The requested resource ${path} was not found`);
  const [to, body] = [form.get("To") ?? "", form.get("Body") ?? ""];
  const from = form.get("From") ?? form.get("MessagingServiceSid") ?? "";
  if (!to) return error(400, 21604, "A 'To' phone number is required.");
  if (!from) return error(400, 21603, "A 'From' phone number is required.");
  if (!body) return error(400, 21602, "Message body is required.");
  if (body.length > 1600) return error(400, 21617, "The concatenated message body exceeds the 1600 character limit");
  if (!/^\+[1-9]\d{7,14}$/.test(to)) return error(400, 21211, `Invalid 'To' Phone Number: ${to}`);
  const wrong = FROM_ERRORS[from] ?? TO_ERRORS[to];
  if (wrong) return error(wrong[0] === 21611 ? 429 : 400, ...wrong);
  messages.push({ to, from, body });
  const sid = `SM${String(messages.length).padStart(32, "0")}`;
  return { status: 201, body: { sid, status: "queued", to, from, body, num_segments: "1", error_code: null } };
}

function error(status: number, code: number, message: string): ServiceReply {
  return { status, body: { code, message, more_info: `https://www.twilio.com/docs/errors/${code}`, status } };
}

export const forForms: ServiceForForms<TwilioService> = {
  provider: "twilio",
  start: startTwilio,
  config: (url) => ({
    accountSid: TWILIO_SID,
    authToken: TWILIO_TOKEN,
    from: TWILIO_FROM,
    to: ["+14108675310"],
    apiBaseUrl: url,
  }),
  secretField: "authToken",
  texts: ({ messages }) => messages.map(({ body }) => body),
};
