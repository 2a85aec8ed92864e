/**
 * Rows under headings, in columns as wide as they need to be.
 * @param rows cells in the order of the headings; nothing is a dash
 */
export function table(headings: string[], rows: (string | number | null | undefined)[][]): string {
  const lines = [headings, ...rows.map((row) => row.map((cell) => plain(cell)))];
  const widths = headings.map((_, column) => Math.max(...lines.map((line) => width(line[column] ?? ""))));
  return lines
    .map((line) =>
      line
        .map((cell, column) => cell + " ".repeat(Math.max(0, (widths[column] ?? 0) - width(cell))))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}

/** Control characters in a name must not steer the terminal. */
function plain(cell: string | number | null | undefined): string {
  return cell === null || cell === undefined || cell === "" ? "-" : String(cell).replace(/\p{Cc}+/gu, " ");
}

function width(cell: string): number {
  return [...cell].length;
}
