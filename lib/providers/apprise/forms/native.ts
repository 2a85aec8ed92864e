import { delegate, type Mapping } from "./address";

/**
 * Native URLs of services that Apprise accepts unchanged.
 * @returns null for all others
 */
export function readNativeUrl(text: string): Mapping {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url?.protocol !== "https:") return null;
  const { hostname, pathname } = url;
  if (
    /^((canary|ptb)\.)?discord(app)?\.com$/.test(hostname) &&
    /^\/api(\/v\d+)?\/webhooks\/\d+\/[\w-]+\/?$/.test(pathname)
  ) {
    return delegate("discord", {
      webhookUrl: url.origin + pathname,
      threadId: url.searchParams.get("thread_id") ?? url.searchParams.get("thread") ?? undefined,
    });
  }
  if (/^hooks\.slack(-gov)?\.com$/.test(hostname) && /^\/services\/T\w+\/B\w+\/\w+\/?$/.test(pathname))
    return delegate("slack", { webhookUrl: url.origin + pathname });
  if (/\.(logic\.azure|powerplatform|azure-apihub)\.(com|net|us)$/.test(hostname) && pathname.includes("/workflows/"))
    return delegate("teams", { webhookUrl: text });
  if (hostname.endsWith(".webhook.office.com"))
    return {
      problem:
        "Microsoft has retired the connectors behind such addresses. In Teams: the channel's … menu → Workflows → “Post to a channel when a webhook request is received”, then paste the workflow's URL here.",
    };
  if (hostname === "chat.googleapis.com" && /^\/v1\/spaces\/[^/]+\/messages$/.test(pathname))
    return delegate("google-chat", { webhookUrl: text });
  if (/^(webexapis|api\.ciscospark)\.com$/.test(hostname) && /^\/v1\/webhooks\/incoming\/[\w-]+\/?$/.test(pathname))
    return delegate("webex", { webhookUrl: `https://webexapis.com${pathname}` });
  return null;
}
