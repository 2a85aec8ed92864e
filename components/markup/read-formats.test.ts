import { expect, test } from "vitest";
import { HOSTILE_NAMES } from "@/e2e/support/hostile-names";
import { type MarkupNode, plainTextOf } from "./markup-node";
import { readHtml } from "./read-html";
import { readMarkdown } from "./read-markdown";
import { readMrkdwn } from "./read-mrkdwn";

const READERS = { markdown: readMarkdown, mrkdwn: readMrkdwn, html: readHtml };

/** Serializes nodes: `<bold>x</bold>`. */
function serialize(nodes: readonly MarkupNode[]): string {
  return nodes
    .map((node) => {
      if (node.kind === "text") return node.text;
      if (node.kind === "time") return `<time ${node.at}>`;
      const inside = "text" in node ? node.text : serialize(node.children);
      return node.kind === "link" ? `<link ${node.url}>${inside}</link>` : `<${node.kind}>${inside}</${node.kind}>`;
    })
    .join("");
}

test.each([
  [
    "**Backup** of *shop* and __nas__, ~~not~~ _sure_",
    "<bold>Backup</bold> of <italic>shop</italic> and <underline>nas</underline>, <strike>not</strike> <italic>sure</italic>",
  ],
  ["**bold with *italic* inside**", "<bold>bold with <italic>italic</italic> inside</bold>"],
  ["\\*\\*as it is\\*\\* \\_a\\_ \\`b\\` \\[c\\]\\(d\\)", "**as it is** _a_ `b` [c](d)"],
  [
    "\\# no heading\n# a heading\n\\- no list\n- a list\n> a quote",
    "# no heading\n<bold>a heading</bold>\n- no list\n• a list\n<quote>a quote</quote>",
  ],
  ["`a **b** c` ``x ` y``", "<code>a **b** c</code> <code>x ` y</code>"],
  ["log:\n```\n**no** bold\n```\nend", "log:<block>**no** bold</block>end"],
  ["```sh\nls\n```", "<block>ls</block>"],
  ["\\`\\`\\`no fence\\`\\`\\`", "```no fence```"],
  ["[Open *run*](https://x.example/a_b_c)", "<link https://x.example/a_b_c>Open <italic>run</italic></link>"],
  ["[no](javascript:alert(1)) [no](data:text/html,x)", "[no](javascript:alert(1)) [no](data:text/html,x)"],
  [
    "see https://x.example/a_b_c*d*, or <https://y.example>",
    "see <link https://x.example/a_b_c*d>https://x.example/a_b_c*d</link>*, or <link https://y.example>https://y.example</link>",
  ],
  ["at <t:1700000000:f>", "at <time 1700000000000>"],
  ["snake_case_name, 2*3*4, a ** b, * c", "snake_case_name, 2<italic>3</italic>4, a ** b, * c"],
  ["**never closed", "**never closed"],
  ["*a **b* c**", "<italic>a **b</italic> c**"],
  ["<b>not html</b> <script>alert(1)</script>", "<b>not html</b> <script>alert(1)</script>"],
])("markdown: %s", (text, expected) => {
  expect(serialize(readMarkdown(text))).toBe(expected);
});

test.each([
  ["*bold* _it_ ~gone~ `co*d*e`", "<bold>bold</bold> <italic>it</italic> <strike>gone</strike> <code>co*d*e</code>"],
  ["2*3*4 snake_case_name", "2*3*4 snake_case_name"],
  ["&lt;b&gt; &amp;amp; `&lt;`", "<b> &amp; <code><</code>"],
  [
    "<https://x.example|Open &amp; read> <https://y.example>",
    "<link https://x.example>Open & read</link> <link https://y.example>https://y.example</link>",
  ],
  ["<javascript:alert(1)|click> <@U123> <!here>", "click @U123 @here"],
  ["&gt; a quote\n```\n*raw* &lt;\n```", "<quote>a quote</quote><block>*raw* <</block>"],
])("mrkdwn: %s", (text, expected) => {
  expect(serialize(readMrkdwn(text))).toBe(expected);
});

test.each([
  [
    "<b>bold</b> <i>it <u>under</u></i> <s>gone</s>",
    "<bold>bold</bold> <italic>it <underline>under</underline></italic> <strike>gone</strike>",
  ],
  ['<a href="https://x.example/?a=1&amp;b=2">go</a>', "<link https://x.example/?a=1&b=2>go</link>"],
  ['<a href="javascript:alert(1)">go</a> <a href=data:x>on</a>', "go on"],
  ['<pre><code class="language-sh">a &lt; b\n</code></pre>', "<block>a < b</block>"],
  ["<script>alert(1)</script><img src=x onerror=alert(1)>", "<script>alert(1)</script><img src=x onerror=alert(1)>"],
  ["a < b, c > d, x <b", "a < b, c > d, x <b"],
  ["<b onclick=\"alert(1)\" onload='x'>still bold</b>", "<bold>still bold</bold>"],
  ["<b>never closed <i>at all", "<bold>never closed <italic>at all</italic></bold>"],
  ["</b>closed, never opened</i>", "closed, never opened"],
  ["<b>crossed <i>over</b> here</i>", "<bold>crossed <italic>over</italic></bold> here"],
  ["&lt;b&gt; &#128512; &#x1F600; &#xD800; &#0; &copy; &amp;lt;", "<b> 😀 😀 &#xD800; &#0; &copy; &lt;"],
  ["one<br>two<br/>three", "one\ntwo\nthree"],
  ['<font color="#ff0000">plain</font><tg-spoiler>x</tg-spoiler>', "plainx"],
  ["<constructor>x</constructor><__proto__>", "<constructor>x</constructor><__proto__>"],
])("html: %s", (text, expected) => {
  expect(serialize(readHtml(text))).toBe(expected);
});

test("parses hostile text to its end and adds nothing to it", () => {
  const signs = ["*", "_", "~", "`", "[", "<", "&", "\\", "```", "<b>", "[a](", "<t:", "&lt;", "> ", "**_~~"];
  const texts = [
    ...Object.values(HOSTILE_NAMES),
    ...signs.flatMap((sign) => [sign, sign.repeat(5_000), `${sign}x`.repeat(3_000)]),
  ];
  for (const [format, read] of Object.entries(READERS)) {
    for (const text of texts) {
      const plain = plainTextOf(read(text));
      expect([format, text.slice(0, 20), plain.length <= text.length * 2 + 2]).toEqual([
        format,
        text.slice(0, 20),
        true,
      ]);
    }
  }
});

test("keeps text without markup unchanged", () => {
  const text = "Ünïcödé 👩‍👩‍👧 שלום — 100 % (a), [b], {c} = d; e@f.example #1 | +2\nsecond line";
  for (const read of Object.values(READERS)) expect(read(text)).toEqual([{ kind: "text", text }]);
});
