"use client";

import { Fragment } from "react";
import { Link } from "@/components/ui/link";
import { useBell } from "./bell-state";

const KEYS = [
  { keys: ["j", "k"], does: "next and previous" },
  { keys: ["r"], does: "mark as read" },
];
const OF_OPERATORS = { keys: ["e"], does: "acknowledge" };

/** Which letters act on the rows of the inbox, and where they are turned off. Nothing for who has done so. */
export function KeysHint({ isOperator }: { isOperator: boolean }) {
  const { hasKeys } = useBell();
  if (!hasKeys) return null;
  const all = isOperator ? [...KEYS, OF_OPERATORS] : KEYS;
  return (
    <span>
      {" "}
      Keys:{" "}
      {all.map(({ keys, does }, index) => (
        <Fragment key={does}>
          {index > 0 && ", "}
          {keys.map((key) => (
            <kbd key={key} className="mr-1 rounded-sm border border-line-strong px-1 font-mono">
              {key}
            </kbd>
          ))}
          {does}
        </Fragment>
      ))}
      .{" "}
      <Link href="/profile#bell" className="underline underline-offset-2 hover:text-ink">
        Turn them off
      </Link>
    </span>
  );
}
