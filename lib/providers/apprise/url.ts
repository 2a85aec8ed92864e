import { appriseApiCall, readApiTarget } from "./api";
import {
  type Form,
  incomplete,
  LONGEST_URL,
  type Mapping,
  meetCommonSettings,
  readAppriseAddress,
  unknownSetting,
  unreadSettings,
} from "./forms/address";
import { CHAT_FORMS } from "./forms/chat";
import { INCIDENT_FORMS } from "./forms/incident";
import { MAIL_FORMS } from "./forms/mail";
import { readNativeUrl } from "./forms/native";
import { POST_FORMS } from "./forms/post";
import { PUSH_FORMS } from "./forms/push";

/** An Apprise API server, which Belfry asks itself. */
const apiServer: Form = (address) =>
  readApiTarget(address)
    ? { apprise: "The Apprise API server of this URL sends to what it has under its key." }
    : incomplete("apprises://host/key");

const FORMS: ReadonlyMap<string, Form> = new Map(
  Object.entries({
    ...CHAT_FORMS,
    ...PUSH_FORMS,
    ...INCIDENT_FORMS,
    ...MAIL_FORMS,
    ...POST_FORMS,
    apprise: apiServer,
    apprises: apiServer,
  }),
);

/** Schemas that are no notification services: pasted by mistake, or recognised by other forms. */
const NOT_APPRISE =
  /^(https?|ftps?|sftp|ssh|file|smtps?|imaps?|postgres(ql)?|mysql|redis|s3|data|javascript|about|blob)$/;

/** Who sends a URL that Belfry does not, and why, in one or two sentences. */
export function sentByApprise(reason: string, url: string): string {
  return appriseApiCall({ url })
    ? reason
    : `${reason} Apprise itself sends it, from this server or from its API server.`;
}

/**
 * Maps an Apprise URL to one of Belfry's own providers, with all that the URL sets. Pure, never throws.
 * @returns the provider with a configuration for each target; `apprise`: why Apprise itself sends it, as one sentence;
 * `problem`: why it is no Apprise URL, as one sentence
 */
export function parseAppriseUrl(text: string): Mapping {
  // A lone surrogate cannot be encoded in an address.
  const url = text.trim().replace(/\p{Surrogate}/gu, "\ufffd");
  if (url.length > LONGEST_URL) return { problem: `An Apprise URL has at most ${LONGEST_URL} characters.` };
  if (/\p{Cc}/u.test(url)) return { problem: "An Apprise URL is one line; write a space as %20." };
  if (/[\s,][a-z][a-z0-9]{1,30}:\/\//i.test(url))
    return { problem: "Enter one URL here: create a separate channel for each other one." };
  const address = readAppriseAddress(url);
  const native = readNativeUrl(url, address);
  if (!address || (!native && NOT_APPRISE.test(address.schema)))
    return {
      problem: "This is not an Apprise URL, which begins with the name of a service and ://, such as ntfy://topic.",
    };
  const mapping = native ??
    FORMS.get(address.schema)?.(address) ?? { apprise: "Belfry does not know this service itself." };
  if (!("provider" in mapping)) return mapping;
  meetCommonSettings(address);
  const unread = unreadSettings(address);
  return unread.length > 0 ? unknownSetting(...unread) : mapping;
}

/** What a pasted Apprise URL fills in: the form of the service itself when it has one target, otherwise Apprise's form. */
export function recogniseAppriseUrl(
  text: string,
): { provider: string; name?: string; config: Record<string, unknown>; note?: string } | null {
  const url = text.trim();
  const schema = readAppriseAddress(url)?.schema;
  if (!schema || NOT_APPRISE.test(schema)) return null;
  const mapping = parseAppriseUrl(url);
  const own = { provider: "apprise", config: { url } };
  if ("problem" in mapping) return { ...own, note: mapping.problem };
  if ("apprise" in mapping) return { ...own, note: sentByApprise(mapping.apprise, url) };
  const [only, ...more] = mapping.targets;
  if (!only || more.length > 0) return own;
  return { provider: mapping.provider, config: only.config, ...(only.name ? { name: only.name } : {}) };
}
