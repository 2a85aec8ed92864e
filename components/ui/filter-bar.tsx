"use client";

import { SlidersHorizontal } from "lucide-react";
import { useSearchParams } from "next/navigation";
import { type ReactNode, useId, useState } from "react";
import { classNames } from "@/components/class-names";
import { Button } from "./button";

interface Props {
  /** Always in sight, where the filters are so many that they are folded on phones. */
  search?: ReactNode;
  children: ReactNode;
}

/** Parameters of a list's address that do not narrow it, or that are in sight beside the folded filters. */
const NOT_FOLDED = ["q", "cursor", "before", "order"];

/** Search and filters of a list, side by side; on phones a button opens the filters, if `search` is given apart from them. */
export function FilterBar({ search, children }: Props) {
  const [isOpen, setOpen] = useState(false);
  const id = useId();
  const params = useSearchParams();
  if (!search) return <div className="flex flex-wrap items-center gap-2">{children}</div>;
  const active = [...params.keys()].filter((name) => !NOT_FOLDED.includes(name)).length;
  return (
    <div className="flex flex-wrap items-center gap-2">
      {search}
      <Button
        aria-expanded={isOpen}
        aria-controls={id}
        onClick={() => setOpen(!isOpen)}
        icon={<SlidersHorizontal aria-hidden="true" className="size-3.5" />}
        className="sm:hidden"
      >
        Filters{active > 0 && ` (${active})`}
      </Button>
      <div id={id} className={classNames("flex flex-wrap items-center gap-2 sm:contents", !isOpen && "max-sm:hidden")}>
        {children}
      </div>
    </div>
  );
}
