import { type Service, type ServiceForForms, type ServiceReply, type ServiceRequest, startService } from "./service";

export const SIGNAL_NUMBER = "+15557122661";
export const SIGNAL_PASSWORD = "of-the-proxy-in-front-0123456789";
/** A number that nobody registered with Signal. */
export const SIGNAL_STRANGER = "+15005550001";

export interface SignalService extends Service {
  messages: { recipients: string[]; message: string }[];
}

/**
 * Behaves like the signal-cli REST API: 201 with a timestamp, and 400 with the words of signal-cli for all that goes wrong.
 * https://bbernhard.github.io/signal-cli-rest-api/
 * @param password of a proxy in front of it; none: nothing is asked
 */
export async function startSignal(password?: string): Promise<SignalService> {
  const messages: SignalService["messages"] = [];
  const service = await startService((request) => answer(request, messages, password));
  return Object.assign(service, { messages });
}

function answer(
  { method, path, headers, json }: ServiceRequest,
  messages: SignalService["messages"],
  password?: string,
): ServiceReply {
  const expected = `Basic ${Buffer.from(`belfry:${password}`).toString("base64")}`;
  if (password && headers.authorization !== expected)
    return { status: 401, body: "<html><head><title>401 Authorization Required</title></head></html>" };
  if (method !== "POST" || path !== "/v2/send") return { status: 404, body: "404 page not found" };
  if (typeof json !== "object" || json === null) return refused("Couldn't process request - invalid request");
  const { number, recipients, message, text_mode } = json as Record<string, unknown>;
  if (!Array.isArray(recipients) || recipients.length === 0)
    return refused("Couldn't process request - please provide at least one recipient");
  if (!number) return refused("Couldn't process request - please provide a valid number");
  if (text_mode !== undefined && text_mode !== "normal" && text_mode !== "styled")
    return refused("Couldn't process request - invalid text mode");
  if (number !== SIGNAL_NUMBER) return refused("Specified account does not exist");
  const stranger = recipients.find((one) => one === SIGNAL_STRANGER);
  if (stranger) return refused(`Failed to send (some) messages:\n${stranger}: Unregistered user "${stranger}"\n`);
  messages.push({ recipients: recipients.map(String), message: String(message) });
  return { status: 201, body: { timestamp: String(1_700_000_000_000 + messages.length) } };
}

function refused(error: string): ServiceReply {
  return { status: 400, body: { error } };
}

export const forForms: ServiceForForms<SignalService> = {
  provider: "signal",
  start: () => startSignal(SIGNAL_PASSWORD),
  config: (url) => ({
    serverUrl: url,
    number: SIGNAL_NUMBER,
    recipients: ["+491701234567"],
    user: "belfry",
    password: SIGNAL_PASSWORD,
  }),
  secretField: "password",
  texts: ({ messages }) => messages.map(({ message }) => message),
};
