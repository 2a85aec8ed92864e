import { createElement } from "react";
import { renderToStaticMarkup } from "react-dom/server";
import { expect, test } from "vitest";
import type { Preview } from "@/lib/core/preview";
import { MessagePreview } from "./message-preview";

const KINDS = ["chat", "push", "mail", "sms", "incident", "request", "monitor"] as const;
const FORMATS = [undefined, "plain", "markdown", "mrkdwn", "html"] as const;
const EVIL = `<script>alert(1)</script><img src=x onerror=alert(1)>[x](javascript:alert(1))<a href="javascript:alert(1)">y</a>`;

const drawn = (preview: Preview) => renderToStaticMarkup(createElement(MessagePreview, { preview, timezone: "UTC" }));

test.each(KINDS)("%s: hostile words are letters, in every markup and every part", (kind) => {
  for (const format of FORMATS) {
    const html = drawn({
      kind,
      ...(format ? { format } : {}),
      from: EVIL,
      title: EVIL,
      text: EVIL,
      body: EVIL,
      color: `red;background:url(https://evil.example)`,
      fields: [{ label: EVIL, value: EVIL, short: true }],
      facts: [{ label: EVIL, value: EVIL }],
      footer: EVIL,
      link: { label: EVIL, url: "javascript:alert(1)" },
    });
    expect(html).not.toMatch(/<(script|img|a)\b/i);
    expect(html).not.toMatch(/(href|src|style)="/);
    expect(html).toContain("alert(1)");
  }
});

test("a mail's document stands in a frame in which nothing may run, without the styles that the page's policy refuses", () => {
  const html = drawn({
    kind: "mail",
    title: "Down",
    document: "<html><head><style>p{color:red}</style></head><body><p>Down</p></body></html>",
  });
  expect(html).toContain('sandbox=""');
  expect(html).toContain("&lt;p&gt;Down&lt;/p&gt;");
  expect(html).not.toContain("color:red");
});

test("the words of each kind are all there, short facts side by side", () => {
  for (const kind of KINDS) expect(drawn({ kind, title: "Backup Failed", text: "Look at it" })).toContain("Look at it");
  const chat = drawn({
    kind: "chat",
    color: "#ef4444",
    fields: [
      { label: "Size", value: "8 GB", short: true },
      { label: "Error", value: "long" },
    ],
  });
  expect(chat).toContain("border-left-color:#ef4444");
  expect(chat.match(/col-span-full/g)).toHaveLength(1);
});

test("JSON is set in lines for reading, other bodies stay as they are", () => {
  expect(drawn({ kind: "request", title: "POST x", body: '{"a":1}' })).toContain("{\n  &quot;a&quot;: 1\n}");
  expect(drawn({ kind: "request", title: "POST x", body: "{not json" })).toContain("{not json");
});

test("titles of pushes are taken letter by letter, their texts as markup", () => {
  const html = drawn({ kind: "push", format: "markdown", title: "shop *north*", text: "*down*" });
  expect(html).toContain("shop *north*");
  expect(html).toContain("<em>down</em>");
});
