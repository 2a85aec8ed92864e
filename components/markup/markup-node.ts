/** A node of a parsed text. Strings in it are plain text and never parsed as markup again. */
export type MarkupNode =
  | { kind: "text"; text: string }
  | { kind: MarkupStyle | "quote"; children: MarkupNode[] }
  | { kind: "code" | "block"; text: string }
  | { kind: "link"; url: string; children: MarkupNode[] }
  /** A time that the service shows in the zone of the viewer, milliseconds. */
  | { kind: "time"; at: number };

export type MarkupStyle = "bold" | "italic" | "underline" | "strike";

/** Nothing that a service shows is nested deeper. */
export const MAX_NESTING = 20;

/** Joins adjacent text nodes and drops empty ones. */
export function joinText(nodes: readonly MarkupNode[]): MarkupNode[] {
  const result: MarkupNode[] = [];
  for (const node of nodes) {
    const last = result.at(-1);
    if (node.kind !== "text") result.push(node);
    else if (last?.kind === "text") result[result.length - 1] = { kind: "text", text: last.text + node.text };
    else if (node.text) result.push(node);
  }
  return result;
}

/** The text without its markup. */
export function plainTextOf(nodes: readonly MarkupNode[]): string {
  return nodes
    .map((node) =>
      "text" in node ? node.text : "children" in node ? plainTextOf(node.children) : new Date(node.at).toISOString(),
    )
    .join("");
}

/** Whether a text can be a link; services link nothing else. */
export function isAddress(text: string): boolean {
  return /^(https?:\/\/|mailto:)\S+$/i.test(text);
}
