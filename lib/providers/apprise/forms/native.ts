import { type AppriseAddress, delegate, type Mapping, meetSwitches, meetWords, readAppriseSetting } from "./address";

/**
 * Native URLs of services that Apprise accepts unchanged.
 * @param address the same URL in its parts
 * @returns null for all others
 */
export function readNativeUrl(text: string, address: AppriseAddress | null): Mapping | null {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url?.protocol !== "https:" || !address) return null;
  const { hostname, pathname } = url;
  if (
    /^((canary|ptb)\.)?discord(app)?\.com$/.test(hostname) &&
    /^\/api(\/v\d+)?\/webhooks\/\d+\/[\w-]+\/?$/.test(pathname)
  ) {
    meetWords(address, { wait: /./, footer: /./, format: /./ });
    meetSwitches(address, { tts: false });
    return delegate("discord", {
      webhookUrl: url.origin + pathname,
      threadId: readAppriseSetting(address, "thread_id", "thread"),
    });
  }
  if (/^hooks\.slack(-gov)?\.com$/.test(hostname) && /^\/services\/\w+\/\w+\/\w+\/?$/.test(pathname)) {
    meetSwitches(address, { footer: true });
    return delegate("slack", { webhookUrl: url.origin + pathname });
  }
  if (/\.(logic\.azure|powerplatform|azure-apihub)\.(com|net|us)$/.test(hostname) && pathname.includes("/workflows/")) {
    // The query is part of the workflow's address.
    for (const name of address.settings.keys()) address.read.add(name);
    return delegate("teams", { webhookUrl: text });
  }
  if (hostname.endsWith(".webhook.office.com"))
    return {
      apprise:
        "Microsoft has retired the connectors behind such addresses. In Teams: the channel's … menu → Workflows → “Post to a channel when a webhook request is received”, then paste the workflow's URL here.",
    };
  if (hostname === "chat.googleapis.com" && /^\/v1\/spaces\/[^/]+\/messages$/.test(pathname)) {
    for (const name of address.settings.keys()) address.read.add(name);
    return delegate("google-chat", { webhookUrl: text });
  }
  if (/^(webexapis|api\.ciscospark)\.com$/.test(hostname) && /^\/v1\/webhooks\/incoming\/[\w-]+\/?$/.test(pathname))
    return delegate("webex", { webhookUrl: `https://webexapis.com${pathname}` });
  return null;
}
