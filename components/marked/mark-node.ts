/** A piece of a marked-up text, as it is drawn. Holds plain text only: nothing of it is ever taken for markup again. */
export type MarkNode =
  | { kind: "text"; text: string }
  | { kind: Mark | "quote"; children: MarkNode[] }
  | { kind: "code" | "block"; text: string }
  | { kind: "link"; url: string; children: MarkNode[] }
  /** A time that the service writes in its currentUser's zone, milliseconds. */
  | { kind: "time"; at: number };

export type Mark = "bold" | "italic" | "underline" | "strike";

/** Nothing that a service draws is nested deeper. */
export const MOST_NESTED = 20;

/** Neighbouring texts become one; empty ones go. */
export function joined(nodes: readonly MarkNode[]): MarkNode[] {
  const result: MarkNode[] = [];
  for (const node of nodes) {
    const last = result.at(-1);
    if (node.kind !== "text") result.push(node);
    else if (last?.kind === "text") result[result.length - 1] = { kind: "text", text: last.text + node.text };
    else if (node.text) result.push(node);
  }
  return result;
}

/** What is left when the marks are taken away. */
export function plainOf(nodes: readonly MarkNode[]): string {
  return nodes
    .map((node) =>
      "text" in node ? node.text : "children" in node ? plainOf(node.children) : new Date(node.at).toISOString(),
    )
    .join("");
}

/** Only these lead anywhere; a service makes no link of the rest either. */
export function isAddress(text: string): boolean {
  return /^(https?:\/\/|mailto:)\S+$/i.test(text);
}
