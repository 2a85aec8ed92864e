import { visibleText } from "@/lib/core/terminal-text";

/**
 * Formats rows under headings, in columns as wide as their widest cell.
 * @param rows cells in the order of the headings; an empty cell is shown as a dash
 */
export function formatTable(headings: string[], rows: (string | number | null | undefined)[][]): string {
  const lines = [headings, ...rows.map((row) => row.map((cell) => cellText(cell)))];
  const widths = headings.map((_, column) => Math.max(...lines.map((line) => charCount(line[column] ?? ""))));
  return lines
    .map((line) =>
      line
        .map((cell, column) => cell + " ".repeat(Math.max(0, (widths[column] ?? 0) - charCount(cell))))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}

/** Written out before the widths are measured; a cell is one line. */
function cellText(cell: string | number | null | undefined): string {
  return cell === null || cell === undefined || cell === "" ? "-" : visibleText(String(cell)).replace(/[\n\t]+/g, " ");
}

function charCount(cell: string): number {
  return [...cell].length;
}
