import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { guideSections } from "./guide-sections";
import { type Block, parseMarkdown } from "./parse-markdown";

const FOLDER = path.join(process.cwd(), "docs/channels");
const GUIDES = readdirSync(FOLDER).filter((name) => name.endsWith(".md") && name !== "README.md");
const text = (value: string) => ({ kind: "text", text: value });

describe("a page of the documentation", () => {
  it("is read block by block", () => {
    const source = [
      "# Title",
      "<!-- made by a program -->",
      "One line",
      "and another with `code`.",
      "",
      "1. First, which",
      "   goes on",
      "2. Second",
      "",
      "| a | b |",
      "|---|---|",
      "| 1 \\| 2 | **3** |",
      "```json",
      '{ "a": 1 }',
      "```",
      "![A picture](pictures/a.png)",
    ].join("\n");
    expect(parseMarkdown(source)).toEqual([
      { kind: "heading", level: 1, parts: [text("Title")] },
      {
        kind: "paragraph",
        parts: [text("One line and another with "), { kind: "code", text: "code" }, text(".")],
      },
      { kind: "list", isOrdered: true, items: [[text("First, which goes on")], [text("Second")]] },
      {
        kind: "table",
        head: [[text("a")], [text("b")]],
        rows: [[[text("1 | 2")], [{ kind: "strong", parts: [text("3")] }]]],
      },
      { kind: "code", text: '{ "a": 1 }' },
    ]);
  });

  it("keeps markup that it does not know as text", () => {
    const script = "<script>alert(1)</script>";
    expect(parseMarkdown(script)).toEqual([{ kind: "paragraph", parts: [text(script)] }]);
    expect(parseMarkdown(`Before ${script}`)).toEqual([{ kind: "paragraph", parts: [text(`Before ${script}`)] }]);
    expect(parseMarkdown("a < b & c &amp; d")).toEqual([{ kind: "paragraph", parts: [text("a < b & c &amp; d")] }]);
  });

  it("ends also where a fence does not", () => {
    expect(parseMarkdown("```\nopen")).toEqual([{ kind: "code", text: "open" }]);
  });
});

describe.each(GUIDES)("the guide %s", (name) => {
  const source = readFileSync(path.join(FOLDER, name), "utf8");

  it("leaves no mark of its source in the text", () => {
    const left = parseMarkdown(source)
      .flatMap(textsOf)
      .filter((part) => /^\||<!--|\*\*|\]\(|```/.test(part));
    expect(left).toEqual([]);
  });

  it("begins with how to set it up", () => {
    const { sections } = guideSections(source);
    expect(sections.length).toBeGreaterThan(1);
    expect(sections.every(({ title, blocks }) => title !== "" && blocks.length > 0)).toBe(true);
    expect(sections.map(({ title }) => title)).not.toContain("Fields");
  });
});

/** Every text outside of code. */
function textsOf(block: Block): string[] {
  if (block.kind === "code") return [];
  const lines =
    block.kind === "list" ? block.items : block.kind === "table" ? [block.head, ...block.rows].flat() : [block.parts];
  return lines.flat().flatMap((part) => (part.kind === "text" ? [part.text] : []));
}
