import { Note } from "@/components/ui/note";

/** Shown in place of controls for administrators. @param what a verb phrase: `change channels` */
export function AdminsOnlyNote({ what }: { what: string }) {
  return <Note title="Administrators only">Only administrators can {what}. Ask one of them for a change.</Note>;
}
