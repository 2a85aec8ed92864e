"use client";

import { ChoiceList } from "@/components/form/choice-list";
import { Note } from "@/components/ui/note";
import type { RestoreMode } from "@/lib/core/restore-mode";
import type { Outlook } from "./use-restore-form";

/** What stays beside the restored, and what cannot come back. Announced when it appears. */
export function RestoreOutlookNotes({ outlook: { stays, cannot } }: { outlook: Outlook }) {
  return (
    <div role="status" className="flex flex-col gap-3 empty:hidden">
      {cannot.length > 0 && (
        <Note tone="warning" title="Not everything can come back here">
          <Sentences list={cannot} />
        </Note>
      )}
      {stays.length > 0 && (
        <Note title="Stays as it is">
          <Sentences list={stays} />
        </Note>
      )}
    </div>
  );
}

function Sentences({ list }: { list: readonly string[] }) {
  return (
    <ul className="flex flex-col gap-0.5 [overflow-wrap:anywhere]">
      {list.map((sentence) => (
        <li key={sentence}>{sentence}</li>
      ))}
    </ul>
  );
}

const MODES: Record<RestoreMode, { label: string; description: string }> = {
  as_much_as_possible: {
    label: "As much as possible",
    description: "What fails is left out and named; the restore then counts as one in part.",
  },
  all_or_nothing: {
    label: "All or nothing",
    description: "When anything fails, the target stays as it was.",
  },
  swap: {
    label: "Beside it, then swap the names",
    description: "Into a new database. It takes the old one's name once everything came back; the old one is kept.",
  },
};

interface Props {
  modes: readonly RestoreMode[];
  value: RestoreMode | null;
  onChange: (mode: RestoreMode) => void;
}

/** How the restore deals with what fails. */
export function RestoreModeChoice({ modes, value, onChange }: Props) {
  return (
    <ChoiceList
      legend="If something fails"
      name="mode"
      value={value}
      onChange={onChange}
      options={modes.map((mode) => ({ value: mode, ...MODES[mode] }))}
    />
  );
}
