import { type Form, LONGEST_URL, type Mapping, readAddress } from "./forms/address";
import { CHAT_FORMS } from "./forms/chat";
import { INCIDENT_FORMS } from "./forms/incident";
import { MAIL_FORMS } from "./forms/mail";
import { readNativeUrl } from "./forms/native";
import { POST_FORMS } from "./forms/post";
import { PUSH_FORMS } from "./forms/push";

const FORMS: ReadonlyMap<string, Form> = new Map(
  Object.entries({ ...CHAT_FORMS, ...PUSH_FORMS, ...INCIDENT_FORMS, ...MAIL_FORMS, ...POST_FORMS }),
);

/** Schemas that are no notification services: pasted by mistake, or recognised by other forms. */
const NOT_APPRISE =
  /^(https?|ftps?|sftp|ssh|file|smtps?|imaps?|postgres(ql)?|mysql|redis|s3|data|javascript|about|blob)$/;

/**
 * Maps an Apprise URL to one of Belfry's own providers. Pure, never throws.
 * @returns the provider with a configuration for each target; a mistake as one sentence; null when Belfry has no
 * provider for it, though Apprise may
 */
export function parseAppriseUrl(text: string): Mapping {
  // A lone surrogate cannot be encoded in an address.
  const url = text.trim().replace(/\p{Surrogate}/gu, "\ufffd");
  if (url.length > LONGEST_URL) return { problem: `An Apprise URL has at most ${LONGEST_URL} characters.` };
  if (/\p{Cc}/u.test(url)) return { problem: "An Apprise URL is one line; write a space as %20." };
  if (/[\s,][a-z][a-z0-9]{1,30}:\/\//i.test(url))
    return { problem: "Enter one URL here: create a separate channel for each other one." };
  const native = readNativeUrl(url);
  if (native) return native;
  const address = readAddress(url);
  if (!address || NOT_APPRISE.test(address.schema))
    return {
      problem: "This is not an Apprise URL, which begins with the name of a service and ://, such as ntfy://topic.",
    };
  const form = FORMS.get(address.schema);
  if (!form) return null;
  const mapping = form(address);
  if (!mapping || "problem" in mapping || mapping.provider === "email") return mapping;
  // Belfry always checks certificates: to skip that takes Apprise itself.
  return /^(n|f|0|off|d)/i.test(address.settings.get("verify") ?? "") ? null : mapping;
}

/** What a pasted Apprise URL fills in: the form of the service itself when it has one target, otherwise Apprise's form. */
export function recogniseAppriseUrl(
  text: string,
): { provider: string; name?: string; config: Record<string, unknown>; note?: string } | null {
  const url = text.trim();
  const mapping = parseAppriseUrl(url);
  const schema = readAddress(url)?.schema;
  if (!schema || NOT_APPRISE.test(schema)) return null;
  if (mapping && "problem" in mapping) return { provider: "apprise", config: { url }, note: mapping.problem };
  const [only, ...more] = mapping?.targets ?? [];
  if (!mapping || !only || more.length > 0) return { provider: "apprise", config: { url } };
  return { provider: mapping.provider, config: only.config, ...(only.name ? { name: only.name } : {}) };
}
