import { createElement } from "react";
import { renderToStaticMarkup } from "react-dom/server";
import { expect, test } from "vitest";
import type { Preview } from "@/lib/core/preview";
import { MessagePreview } from "./message-preview";

const KINDS = ["chat", "push", "mail", "sms", "incident", "request", "monitor"] as const;
const FORMATS = [undefined, "plain", "markdown", "mrkdwn", "html"] as const;
const EVIL = `<script>alert(1)</script><img src=x onerror=alert(1)>[x](javascript:alert(1))<a href="javascript:alert(1)">y</a>`;

const render = (preview: Preview) => renderToStaticMarkup(createElement(MessagePreview, { preview, timezone: "UTC" }));

test.each(KINDS)("%s: shows hostile text literally, in every markup and every part", (kind) => {
  for (const format of FORMATS) {
    const html = render({
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

test("renders the document of a mail in a sandboxed frame, without the styles that the page's policy refuses", () => {
  const html = render({
    kind: "mail",
    title: "Down",
    document: "<html><head><style>p{color:red}</style></head><body><p>Down</p></body></html>",
  });
  expect(html).toContain('sandbox=""');
  expect(html).toContain("&lt;p&gt;Down&lt;/p&gt;");
  expect(html).not.toContain("color:red");
});

test("shows the whole text of every kind, with short facts side by side", () => {
  for (const kind of KINDS)
    expect(render({ kind, title: "Backup Failed", text: "Look at it" })).toContain("Look at it");
  const chat = render({
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

test("indents JSON bodies and leaves others as they are", () => {
  expect(render({ kind: "request", title: "POST x", body: '{"a":1}' })).toContain("{\n  &quot;a&quot;: 1\n}");
  expect(render({ kind: "request", title: "POST x", body: "{not json" })).toContain("{not json");
});

test("shows titles of push messages literally and their text as markup", () => {
  const html = render({ kind: "push", format: "markdown", title: "shop *north*", text: "*down*" });
  expect(html).toContain("shop *north*");
  expect(html).toContain("<em>down</em>");
});
