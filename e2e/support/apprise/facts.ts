/** One request, as Apprise or Belfry made it. Header names in lower case. */
export interface Request {
  method: string;
  url: string;
  headers: Record<string, string>;
  body: string;
}

/** What a request says that a URL can set, without what its sender adds by itself. */
export type Fact = Record<string, unknown>;

/** Pictures that Apprise adds for the type of a message. */
const OWN_PICTURE = /caronc\/apprise|^apprise:/;

const json = ({ body }: Request): Record<string, unknown> => {
  try {
    return (JSON.parse(body) ?? {}) as Record<string, unknown>;
  } catch {
    return {};
  }
};
const form = ({ body }: Request) => Object.fromEntries(new URLSearchParams(body));
const pathOf = ({ url }: Request) => new URL(url).pathname.replace(/\/{2,}/g, "/").replace(/\/$/, "");
const originOf = ({ url }: Request) => new URL(url).origin;
const query = ({ url }: Request) => new URL(url).searchParams;
const picture = (url: unknown) => (typeof url === "string" && !OWN_PICTURE.test(url) ? url : undefined);
const unless = (value: unknown, ...own: unknown[]) => (own.includes(value) || value === null ? undefined : value);

/** Basic authentication without the password that Apprise writes as `None` when there is none. */
function authOf({ headers, url }: Request): string | undefined {
  const { username, password } = new URL(url);
  const given =
    headers.authorization ??
    (username ? `Basic ${btoa(`${decodeURIComponent(username)}:${decodeURIComponent(password)}`)}` : undefined);
  const basic = /^Basic (.*)$/.exec(given ?? "")?.[1];
  return basic ? `Basic ${atob(basic).replace(/:None$/, ":")}` : given;
}

/** One fact for each target. @param each the targets of a request, which may name several */
function spread(requests: Request[], read: (request: Request) => Fact, each: (request: Request) => unknown[]): Fact[] {
  return requests.flatMap((request) => each(request).map((target) => ({ ...read(request), target })));
}

const PRIORITIES: Record<string, number> = { min: 1, low: 2, default: 3, high: 4, max: 5 };
const TONE_TAGS = /^(white_check_mark|rotating_light|warning|information_source|gear)$/;

type Reader = (requests: Request[]) => Fact[];
const one =
  (read: (request: Request) => Fact): Reader =>
  (requests) =>
    requests.map(read);

/** A custom request: its body by fields, whatever it is written in. */
function posted(request: Request): Fact {
  const type = (request.headers["content-type"] ?? "").replace(/;.*$/, "");
  const tags = [...request.body.matchAll(/<(\w[\w-]*)>([^<]*)<\/\1>/g)].map(([, name, value]) => [name, value]);
  const fields = /json/.test(type) ? json(request) : /xml/.test(type) ? Object.fromEntries(tags) : form(request);
  const own = Object.entries(request.headers).filter(([name]) => name.startsWith("x-"));
  return {
    method: request.method,
    origin: originOf(request),
    path: pathOf(request),
    parameters: Object.fromEntries(query(request)),
    auth: authOf(request),
    type: type.replace("text/xml", "application/xml"),
    headers: Object.fromEntries(own),
    fields,
    names: Object.keys(fields).sort(),
  };
}

const READERS: Record<string, Reader> = {
  discord: one((request) => {
    const { username, avatar_url, tts, thread_id } = json(request);
    return {
      path: pathOf(request),
      username,
      avatar: picture(avatar_url),
      tts: tts || undefined,
      thread: query(request).get("thread_id") ?? thread_id,
    };
  }),
  slack: one((request) => {
    const { username, icon_url, channel, attachments } = json(request);
    const [first] = (attachments ?? []) as Record<string, unknown>[];
    return {
      path: pathOf(request),
      auth: authOf(request),
      channel,
      username: unless(username, "Apprise"),
      icon: picture(icon_url),
      hasFooter: first && ("footer" in first || /"context"/.test(JSON.stringify(first))),
    };
  }),
  ntfy: one((request) => {
    const { headers } = request;
    const { topic, priority, tags, click, delay, email, attach, filename, icon } = json(request);
    const given = headers["x-tags"]?.split(",") ?? ((tags ?? []) as string[]);
    const own = given.filter((tag) => !TONE_TAGS.test(tag)).sort();
    return {
      origin: originOf(request).replace("http://ntfy.sh", "https://ntfy.sh"),
      topic,
      auth: authOf(request),
      priority: PRIORITIES[headers["x-priority"] ?? ""] ?? priority ?? 3,
      tags: own.length > 0 ? own : undefined,
      click: headers["x-click"] ?? click,
      delay: headers["x-delay"] ?? delay,
      email: headers["x-email"] ?? email,
      attach: headers["x-attach"] ?? attach,
      filename,
      icon,
    };
  }),
  gotify: one((request) => ({
    origin: originOf(request),
    path: pathOf(request),
    token: request.headers["x-gotify-key"],
    priority: json(request).priority,
  })),
  pover: (requests) =>
    spread(
      requests,
      (request) => {
        const { token, user, priority, sound, retry, expire, url, url_title } = form(request);
        return {
          token,
          user,
          // Of failures; normal is Apprise's own where the URL sets none.
          priority: unless(priority, "0"),
          sound: unless(sound, "pushover"),
          // Apprise's own where the URL sets none.
          retry: unless(retry, "900"),
          expire: unless(expire, "3600"),
          url,
          title: url_title,
        };
      },
      (request) => (unless(form(request).device, "ALL_DEVICES") as string | undefined)?.split(",") ?? [undefined],
    ),
  matrix: (requests) => {
    const login = requests.find((request) => pathOf(request).endsWith("/login"));
    const { user, password, identifier } = login ? json(login) : {};
    const sent = requests.filter((request) => /\/send\/m\.room\.message/.test(pathOf(request)));
    const hooks = requests.filter((request) => /\/hook\//.test(pathOf(request)));
    const rooms = requests.flatMap((request) => {
      const path = decodeURIComponent(pathOf(request));
      const [, alias] = /\/(?:join|directory\/room)\/(.*)$/.exec(path) ?? [];
      const [, id] = /\/rooms\/([^/]*)\/send/.exec(path) ?? [];
      return alias ? [alias] : id === "!id:example.org" ? [id] : [];
    });
    const named = rooms.some((room) => room.startsWith("#"))
      ? rooms.filter((room) => room !== "!id:example.org")
      : rooms;
    return [
      ...[...new Set(named)].map((target) => ({
        target,
        origin: sent[0] && originOf(sent[0]),
        user: user ?? (identifier as { user?: string } | undefined)?.user,
        password,
        token: login ? undefined : sent[0]?.headers.authorization,
        kinds: [...new Set(sent.map((request) => json(request).msgtype))].sort(),
      })),
      ...hooks.map((request) => ({
        origin: originOf(request),
        path: pathOf(request),
        name: unless(json(request).displayName, "Apprise"),
      })),
    ];
  },
  mmost: one((request) => {
    const { channel, username, icon_url } = json(request);
    return {
      origin: originOf(request),
      path: pathOf(request),
      channel,
      username: unless(username, "Apprise"),
      icon: picture(icon_url),
    };
  }),
  rocket: (requests) => {
    const login = requests.find((request) => pathOf(request).endsWith("/login"));
    const fields = login && (login.body.startsWith("{") ? json(login) : form(login));
    return requests
      .filter((request) => /postMessage$|\/hooks\//.test(pathOf(request)))
      .map((request) => {
        const { channel, roomId, avatar } = json(request);
        return {
          origin: originOf(request),
          path: pathOf(request),
          user: fields?.user ?? fields?.username,
          password: fields?.password,
          target: channel ?? roomId,
          hasAvatar: (pathOf(request).endsWith("postMessage") && avatar !== undefined) || undefined,
        };
      });
  },
  gchat: one((request) => ({
    path: pathOf(request),
    key: query(request).get("key"),
    token: query(request).get("token"),
    thread: query(request).get("threadKey") ?? undefined,
  })),
  zulip: one((request) => {
    const { type, to } = form(request);
    return { origin: originOf(request), auth: authOf(request), type: unless(type, "stream", "channel"), to };
  }),
  wxteams: one((request) => ({ path: pathOf(request) })),
  nctalk: one((request) => ({
    origin: originOf(request),
    path: pathOf(request),
    auth: authOf(request),
    own: request.headers["x-own"],
    api: request.headers["ocs-apirequest"],
  })),
  pbul: one((request) => {
    const { device_iden, email, channel_tag } = json(request);
    const token = authOf(request)?.replace(/^Basic (.*):$/, "$1") ?? request.headers["access-token"];
    return { token, device: device_iden, email, channel: channel_tag };
  }),
  line: one((request) => ({ auth: authOf(request), to: json(request).to })),
  bark: one((request) => {
    const { sound, level, click, badge, category, group, url, device_key } = json(request);
    return {
      origin: originOf(request),
      auth: authOf(request),
      target: device_key ?? pathOf(request).slice(1),
      sound: typeof sound === "string" ? sound.replace(/\.caf$/, "") : undefined,
      level,
      click: click ?? (url || undefined),
      badge,
      category,
      group,
    };
  }),
  json: one(posted),
  form: one(posted),
  xml: one(posted),
  twilio: one((request) => {
    const { To, From, MessagingServiceSid } = form(request);
    return { path: pathOf(request), auth: authOf(request), to: To, from: From, service: MessagingServiceSid };
  }),
  pagerduty: one((request) => {
    const { routing_key, event_action, payload, client_url, links } = json(request);
    const {
      source,
      component,
      group,
      class: type,
      severity,
      custom_details,
    } = (payload ?? {}) as Record<string, unknown>;
    return {
      origin: originOf(request),
      key: routing_key,
      event_action,
      source: unless(source, "Apprise"),
      component: unless(component, "Notification"),
      group,
      class: type,
      // Of a failure.
      severity: unless(severity, "critical"),
      click: unless(client_url, "https://github.com/caronc/apprise"),
      links,
      own: (custom_details as Record<string, unknown> | undefined)?.["X-Own"],
    };
  }),
  opsgenie: (requests) =>
    spread(
      requests,
      (request) => {
        const { priority, entity, alias, tags, details } = json(request);
        return {
          origin: originOf(request),
          auth: authOf(request),
          priority: unless(priority, "P3", 3),
          entity,
          alias,
          tags: Array.isArray(tags) ? [...tags].sort() : tags,
          own: (details as Record<string, unknown> | undefined)?.["X-Own"],
        };
      },
      (request) => {
        const { responders } = json(request);
        const named = ((responders ?? []) as Record<string, string>[]).map(
          ({ type, id, name, username }) => `${type} ${(id ?? name ?? username ?? "").replace(/^[#@^*]/, "")}`,
        );
        return named.length > 0 ? named : [undefined];
      },
    ),
  signal: (requests) =>
    spread(
      requests,
      (request) => ({
        origin: originOf(request),
        path: pathOf(request),
        auth: authOf(request),
        number: json(request).number,
        status: /via Apprise|Apprise:|\u2139/.test(String(json(request).message)) || undefined,
      }),
      (request) => json(request).recipients as unknown[],
    ),
  sns: one((request) => {
    const { Action, PhoneNumber, TopicArn, Name } = form(request);
    return {
      origin: originOf(request),
      action: Action,
      key: /Credential=(\w+)/.exec(request.headers.authorization ?? "")?.[1],
      phone: PhoneNumber,
      topic: TopicArn,
      name: Name,
    };
  }),
  ifttt: one((request) => ({ path: pathOf(request), fields: json(request), names: Object.keys(json(request)).sort() })),
  hassio: one((request) => {
    const { notification_id } = json(request);
    const isOwn = typeof notification_id === "string" && /^[0-9a-f-]{36}$|^dlv_/.test(notification_id);
    return {
      origin: originOf(request),
      path: pathOf(request),
      auth: authOf(request),
      id: isOwn ? undefined : notification_id,
    };
  }),
  mailgun: (requests) =>
    spread(
      requests,
      (request) => {
        const { from = "", cc, bcc } = form(request);
        const own = Object.entries(form(request)).filter(([name]) => /^[hv]:/.test(name) && name !== "h:Reply-To");
        return {
          origin: originOf(request),
          path: pathOf(request),
          auth: authOf(request),
          from: from.replace(/^(Apprise )?<?([^<>]*)>?$/, "$2"),
          cc,
          bcc,
          own: own.length > 0 ? own : undefined,
        };
      },
      (request) => (form(request).to ?? "").split(/,\s*/),
    ),
  sendgrid: one((request) => {
    const { personalizations, from, template_id } = json(request);
    const [first] = (personalizations ?? []) as Record<string, unknown>[];
    return {
      auth: authOf(request),
      from: (from as { email?: string } | undefined)?.email,
      to: first?.to,
      cc: first?.cc,
      bcc: first?.bcc,
      data: first?.dynamic_template_data,
      template: template_id,
    };
  }),
  apprise: one((request) => {
    const { tag } = request.headers["content-type"]?.includes("json") ? json(request) : form(request);
    const tags = Array.isArray(tag) ? [...tag].sort() : typeof tag === "string" ? tag.split(",").sort() : undefined;
    return {
      origin: originOf(request),
      path: pathOf(request),
      auth: authOf(request),
      tags,
      own: request.headers["x-own"],
    };
  }),
};

/** The reader of a URL's schema; undefined for one that Belfry has no provider for. */
export function factsFor(url: string): Reader | undefined {
  const native: [RegExp, string][] = [
    [/discord/, "discord"],
    [/hooks\.slack/, "slack"],
    [/chat\.googleapis/, "gchat"],
    [/webhooks\/incoming/, "wxteams"],
  ];
  const [schema = ""] = url.split(":");
  const name = schema === "https" ? native.find(([pattern]) => pattern.test(url))?.[1] : schema;
  return name === undefined ? undefined : (READERS[name] ?? READERS[name.replace(/s$/, "")]);
}
