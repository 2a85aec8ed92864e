import { type Block, parseMarkdown } from "./parse-markdown";

export interface GuideSection {
  title: string;
  blocks: Block[];
}

/** The table of fields: the form beside it says the same. */
const FIELDS = { begin: "<!-- made by npm run docs: fields -->", end: "<!-- end: fields -->" };

/** A guide in parts that fold: what stands before the first heading, and what each heading leads. Parts without text are left out. */
export function guideSections(source: string): { intro: Block[]; sections: GuideSection[] } {
  const intro: Block[] = [];
  const sections: GuideSection[] = [];
  for (const block of parseMarkdown(withoutFields(source))) {
    if (block.kind === "heading" && block.level === 2) sections.push({ title: titleOf(block), blocks: [] });
    else if (block.kind !== "heading" || block.level > 2) (sections.at(-1)?.blocks ?? intro).push(block);
  }
  return { intro, sections: sections.filter(({ blocks }) => blocks.length > 0).map(nameNotes) };
}

function withoutFields(source: string): string {
  const [before = "", table] = source.split(FIELDS.begin);
  return table === undefined ? source : before + (table.split(FIELDS.end)[1] ?? "");
}

/** What the page says about fields beyond their table. */
function nameNotes(section: GuideSection): GuideSection {
  return section.title === "Fields" ? { ...section, title: "Notes on the fields" } : section;
}

function titleOf(block: Extract<Block, { kind: "heading" }>): string {
  return block.parts.map((part) => ("text" in part ? part.text : "")).join("");
}
