/** Texts that break messages in the field: every channel must take each of them as a name. */
export const HOSTILE_NAMES = {
  cjk: "備份作業 백업 резервная копия",
  emoji: "👨‍👩‍👧‍👦🙂🏳️‍🌈",
  quotes: `"double" 'single' \`tick\` \\ back`,
  html: "</td></table><script>alert(1)</script><!-- &amp; ]]>",
  markdown: "**b** _i_ ~~s~~ # h\n> q\n- l [a](http://x) ||spoiler|| ```code```",
  mention: "@everyone @here <@1> <!channel>",
  lines: "a\r\nBcc: x@example.org\r\n\r\n.\r\nQUIT\r\nX-Evil: 1",
  rtl: "\u202eevil\u202c ملف النسخ",
  nul: "a\0b\u0007c\ud800d",
  template: "{{belfry.url}} {{#x}}{{/x}} $x %s",
  empty: "",
  blank: " \n\t ",
  huge: "x".repeat(100_000),
  hugeEmoji: "🙂".repeat(50_000),
  hugeCombining: "e\u0301".repeat(50_000),
  hugeQuotes: `"<*`.repeat(33_000),
};
