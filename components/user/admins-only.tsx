import { Note } from "@/components/ui/note";

/** A calm word in place of what only administrators may do. */
export function AdminsOnly({ what }: { what: string }) {
  return (
    <Note title="This part is for administrators">
      Only administrators {what}. Ask one of them if something here should change.
    </Note>
  );
}
