import { expect, test } from "vitest";
import { recognise } from "./recognise";
import { allProviders, providerOf } from "./registry";
import { readSmtpUrl } from "./smtp-url";

const DISCORD = "https://discord.com/api/webhooks/123456789012345678/aTokenThatIsLongEnough";

test.each<[pasted: string, provider: string, config: Record<string, unknown>]>([
  [DISCORD, "discord", { webhookUrl: DISCORD }],
  [`  "${DISCORD}"\n`, "discord", { webhookUrl: DISCORD }],
  [`<${DISCORD}?thread_id=12345678901234567>`, "discord", { webhookUrl: DISCORD, threadId: "12345678901234567" }],
  [
    "smtp://backups:a%20word@mail.example.org:2525?from=backups@example.org&to=ops@example.org,night@example.org",
    "email",
    {
      host: "mail.example.org",
      port: 2525,
      security: "starttls",
      user: "backups",
      password: "a word",
      from: "backups@example.org",
      to: ["ops@example.org", "night@example.org"],
    },
  ],
  ["https://automation.example.org/hooks/3f9c", "webhook", { url: "https://automation.example.org/hooks/3f9c" }],
])("%s is understood", (pasted, provider, config) => {
  expect(recognise(pasted)).toMatchObject({ provider, config });
});

test("whatever is understood fills only fields that the form has", () => {
  for (const provider of allProviders()) {
    const properties = Object.keys((provider.formSchema().properties as object | undefined) ?? {});
    for (const text of [DISCORD, "smtp://a:b@mail.example", "https://x.example/y"]) {
      const config = provider.fromUrl(text);
      if (config) expect(properties).toEqual(expect.arrayContaining(Object.keys(config)));
    }
  }
});

test("an SMTP URL that says all of it makes a configuration that can be saved", () => {
  const found = recognise("smtps://ops%40example.org:pa:ss@mail.example.org?to=ops@example.org");
  const email = providerOf(found?.provider ?? "");
  expect(email?.configSchema.safeParse(found?.config)).toMatchObject({
    success: true,
    data: { security: "ssl", port: 465, user: "ops@example.org", from: "ops@example.org", password: "pa:ss" },
  });
});

test.each<[url: string, values: Record<string, unknown>]>([
  ["smtp://mail.example", { host: "mail.example", port: 587, security: "starttls" }],
  ["SMTPS://mail.example", { host: "mail.example", port: 465, security: "ssl" }],
  ["smtp://mail.example:465", { host: "mail.example", port: 465, security: "ssl" }],
  ["smtp://mail.example:25?security=none", { host: "mail.example", port: 25, security: "none" }],
  ["smtp://mail.example?security=nonsense", { host: "mail.example", port: 587, security: "starttls" }],
  // A relay on the same machine has no certificate that anybody would know.
  ["smtp://localhost:25", { host: "localhost", port: 25, security: "none" }],
  ["smtp://[::1]:25/", { host: "::1", port: 25, security: "none" }],
  ["smtp://u:p@localhost:587", { host: "localhost", port: 587, security: "starttls", user: "u", password: "p" }],
  [
    "smtp://u:p@ss?w/rd#1@mail.example:587?from=a@b.example",
    { user: "u", password: "p@ss?w/rd#1", from: "a@b.example" },
  ],
  ["smtp://u:100%@mail.example", { user: "u", password: "100%" }],
  ["smtp://me@example.org:secret@mail.example", { user: "me@example.org", password: "secret", from: "me@example.org" }],
  ["smtp://mail.example?to=a@b.example&to=%20c@d.example,", { to: ["a@b.example", "c@d.example"] }],
])("%s", (url, values) => {
  expect(readSmtpUrl(url)).toMatchObject(values);
});

test.each([
  "",
  "   ",
  "hello",
  "smtp://",
  "smtp://mail.example:0",
  "smtp://mail.example:99999",
  "smtp://u:p@",
  "smtp://ma il.example",
  "javascript:alert(1)",
  "file:///etc/passwd",
  "http://",
  "https:// discord.com",
  `${DISCORD} ${DISCORD}`,
  "https://a.example\nhttps://b.example",
  `https://a.example/${"x".repeat(8000)}`,
  "\u0000",
])("“%.80s” is nothing that can be filled in", (pasted) => {
  expect(recognise(pasted)).toBeNull();
});

test.each(["?", "@", ":", "/", "[", "%", "a", "a?", "@?"])("a long line of “%s” ends and does not throw", (sign) => {
  for (const scheme of ["smtp://", "https://", "slack://", "json://", ""]) {
    expect(() => recognise(scheme + sign.repeat(7000 / sign.length))).not.toThrow();
  }
});
