import type { ComponentProps, ReactNode } from "react";
import { classNames } from "@/components/class-names";

/** Explicit roles, because `display: block` of the stacked layout removes the implicit ones. */
const ROLES = {
  table: { role: "table" },
  rowgroup: { role: "rowgroup" },
  row: { role: "row" },
  columnheader: { role: "columnheader" },
  cell: { role: "cell" },
} as const;

const STACK = { sm: "stack-sm", md: "stack-md", lg: "stack-lg" } as const;
const COMPACT = { sm: "compact-sm", md: "compact-md", lg: "compact-lg" } as const;

interface TableProps {
  label: string;
  stack?: keyof typeof STACK;
  /** Instead, below this width each row becomes two lines of the cells that are marked `inCompact`. */
  compact?: keyof typeof COMPACT;
  children: ReactNode;
}

/**
 * A table. Where its frame is narrower than `stack` (640, 768, 960 px) each row becomes a block
 * with its labels before the values, or with `compact` two lines.
 */
export function Table({ label, stack = "md", compact, children }: TableProps) {
  return (
    <div className="table-frame overflow-x-auto">
      <table
        {...ROLES.table}
        aria-label={label}
        className={classNames("w-full border-collapse text-sm", compact ? COMPACT[compact] : STACK[stack])}
      >
        {children}
      </table>
    </div>
  );
}

export function Thead({ children }: { children: ReactNode }) {
  return (
    <thead {...ROLES.rowgroup}>
      <tr {...ROLES.row} className="border-line border-b">
        {children}
      </tr>
    </thead>
  );
}

export function Tbody({ children }: { children: ReactNode }) {
  return <tbody {...ROLES.rowgroup}>{children}</tbody>;
}

export function Tr({ muted, children, ...rest }: Omit<ComponentProps<"tr">, "className"> & { muted?: boolean }) {
  return (
    <tr
      {...ROLES.row}
      {...rest}
      className={classNames("border-line border-b outline-offset-[-2px] last:border-b-0", muted && "text-muted")}
    >
      {children}
    </tr>
  );
}

interface HeadProps {
  num?: boolean;
  /** For screen readers only: columns of buttons. */
  hidden?: boolean;
  /** A width class: `w-40`. */
  width?: string;
  children: ReactNode;
}

export function Th({ num, hidden, width, children }: HeadProps) {
  return (
    <th
      {...ROLES.columnheader}
      scope="col"
      className={classNames(
        "whitespace-nowrap px-4 py-2 font-medium text-muted text-xs",
        num ? "text-right" : "text-left",
        width,
      )}
    >
      {hidden ? <span className="sr-only">{children}</span> : children}
    </th>
  );
}

interface CellProps {
  /** Label before the value in the stacked layout. The first cell, which names the row, has none. */
  label?: string;
  num?: boolean;
  /** Buttons, at the right. */
  actions?: boolean;
  /** What it is in a compact row, where `actions` are a line below the others, as wide as the row, that begins with `foot`. Without it the cell is left out there. */
  inCompact?: "box" | "name" | "state" | "menu" | "foot" | "actions";
  colSpan?: number;
  className?: string;
  children?: ReactNode;
}

export function Td({ label, num, actions, inCompact, colSpan, className, children }: CellProps) {
  return (
    <td
      {...ROLES.cell}
      data-label={label}
      data-compact={inCompact}
      colSpan={colSpan}
      className={classNames("h-10 px-4 py-2 align-middle", num && "num text-right", actions && "text-right", className)}
    >
      {actions ? (
        <div className="inline-flex flex-wrap items-center justify-end gap-2 xl:flex-nowrap">{children}</div>
      ) : (
        children
      )}
    </td>
  );
}

interface PrimaryProps {
  children: ReactNode;
  /** A line about it. */
  sub?: ReactNode;
  /** Instead of it in a compact row: what else matters most. One line, cut where it is longer. */
  compactSub?: ReactNode;
  /** Chips below; a long one is cut: it makes no column wider. */
  labels?: ReactNode;
}

/** Content of a first cell: the name, and what is said about it. */
export function Primary({ children, sub, compactSub, labels }: PrimaryProps) {
  return (
    <div className="min-w-0">
      <div className="font-medium [overflow-wrap:anywhere]">{children}</div>
      {sub && (
        <div className={classNames("text-faint text-xs [overflow-wrap:anywhere]", compactSub && "table-only")}>
          {sub}
        </div>
      )}
      {compactSub && <div className="compact-only text-faint text-xs">{compactSub}</div>}
      {labels && <div className="table-only mt-1 grid grid-cols-[minmax(0,1fr)] empty:hidden">{labels}</div>}
    </div>
  );
}
