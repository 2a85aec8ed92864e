import type { Schema } from "./conforms";

/*
 * Facts of Twilio's own OpenAPI document: https://github.com/twilio/twilio-oai, spec/json/twilio_api_v2010.json, operation
 * CreateMessage; and of its list of errors, https://www.twilio.com/docs/api/errors/twilio-error-codes.json.
 */

const uri = { type: "string", format: "uri" };
const flag = { enum: ["true", "false"] };

/** `/2010-04-01/Accounts/{AccountSid}/Messages.json` */
export const PATH = /^\/2010-04-01\/Accounts\/AC[0-9a-fA-F]{32}\/Messages\.json$/;

/** The form of CreateMessage; as text, since that is how a form is sent. */
export const MESSAGE_FORM: Schema = {
  type: "object",
  required: ["To"],
  properties: {
    To: { type: "string" },
    From: { type: "string" },
    MessagingServiceSid: { type: "string", pattern: "^MG[0-9a-fA-F]{32}$" },
    Body: { type: "string", maxLength: 1600 },
    StatusCallback: uri,
    ApplicationSid: { type: "string", pattern: "^AP[0-9a-fA-F]{32}$" },
    ValidityPeriod: { type: "string", pattern: "^\\d+$" },
    Attempt: { type: "string", pattern: "^\\d+$" },
    ProvideFeedback: flag,
    ForceDelivery: flag,
    SmartEncoded: flag,
    ShortenUrls: flag,
    SendAsMms: flag,
    ContentRetention: { enum: ["retain", "discard"] },
    AddressRetention: { enum: ["retain", "obfuscate"] },
    RiskCheck: { enum: ["enable", "disable"] },
    ContentSid: { type: "string", pattern: "^HX[0-9a-fA-F]{32}$" },
    MediaUrl: uri,
  },
};

/** `x-twilio.conditional`: of each of these at least one. */
export const ONE_OF = [
  ["From", "MessagingServiceSid"],
  ["Body", "MediaUrl", "ContentSid"],
];

/** The message's SID in the answer. */
export const SID = /^(SM|MM)[0-9a-fA-F]{32}$/;

interface ListedError {
  message: string;
  /** As the list explains it: the same request may be taken later. */
  isPassing: boolean;
}

/** Errors that creating a message may be answered with. */
export const ERRORS: Record<number, ListedError> = {
  14107: { message: "Message rate limit exceeded", isPassing: true },
  20003: { message: "Permission Denied", isPassing: false },
  20404: { message: "Not Found", isPassing: false },
  20429: { message: "Too Many Requests", isPassing: true },
  20500: { message: "Internal Server Error", isPassing: true },
  20503: { message: "Service Unavailable", isPassing: true },
  21211: { message: "Invalid 'To' Phone Number", isPassing: false },
  21212: { message: "Invalid 'From' Number", isPassing: false },
  21265: { message: "'To' number cannot be a Short Code", isPassing: false },
  21408: { message: "Permission to send an SMS has not been enabled for the region", isPassing: false },
  21606: { message: "The 'From' phone number provided is not a valid message-capable Twilio number", isPassing: false },
  21608: { message: "The 'To' phone number provided is not yet verified for this account", isPassing: false },
  21610: { message: "Attempt to send to unsubscribed recipient", isPassing: false },
  21611: { message: "This 'From' number has exceeded the maximum number of queued messages", isPassing: true },
  21612: { message: "Message cannot be sent with the current combination of 'To' and/or 'From'", isPassing: false },
  21614: { message: "'To' number is not a valid mobile number", isPassing: false },
  21617: { message: "The concatenated message body exceeds the 1600 character limit", isPassing: false },
  21703: { message: "The Messaging Service does not have a phone number available", isPassing: false },
  21730: { message: "System under maintenance. Please try again later.", isPassing: true },
  30001: { message: "Queue overflow", isPassing: true },
  30022: { message: "US A2P 10DLC - Rate Limits Exceeded", isPassing: true },
  30454: { message: "Account exceeded the messages limit", isPassing: true },
  63038: { message: "Account exceeded the daily messages limit", isPassing: true },
};
