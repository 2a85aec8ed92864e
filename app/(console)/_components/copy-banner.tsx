"use client";

import { useRouter } from "next/navigation";
import { Button } from "@/components/ui/button";
import { ConfirmDialog } from "@/components/ui/confirm-dialog";
import { Note } from "@/components/ui/note";
import { stayApartAction, takeOverAction } from "../installation-actions";

interface Props {
  /** What happened, in a sentence. */
  message: string;
  /** Where this installation is. */
  place: string;
  /** Whether the reader may decide. */
  mayDecide: boolean;
}

/** Says on every page that this is a copy, and lets an administrator decide what it is from now on. */
export function CopyBanner({ message, place, mayDecide }: Props) {
  const router = useRouter();
  const refresh = () => router.refresh();
  return (
    <section aria-label="This installation is a copy" className="mb-5">
      <Note tone="warning" title={message}>
        <p>
          Nothing scheduled runs at <span className="[overflow-wrap:anywhere]">{place}</span>, no old backup is removed,
          and notifications that came over are held, until {mayDecide ? "you decide." : "an administrator decides."}
        </p>
        {mayDecide && (
          <div className="mt-2 flex flex-wrap gap-2">
            <ConfirmDialog
              trigger={<Button size="sm">Take over…</Button>}
              title="Take over?"
              confirmLabel="Take over"
              onConfirm={() => takeOverAction({})}
              onDone={refresh}
            >
              <p>
                This becomes the installation: its schedules, retention and notifications go on, and the stored backups
                are its own. <b>Stop the original first</b>: otherwise both back up, and each removes what it considers
                old.
              </p>
            </ConfirmDialog>
            <ConfirmDialog
              trigger={<Button size="sm">Stay apart…</Button>}
              title="Stay apart?"
              confirmLabel="Stay apart"
              onConfirm={() => stayApartAction({})}
              onDone={refresh}
            >
              <p>
                This becomes an installation of its own. The backups that came over stay listed and are never removed
                here. <b>Every job and the schedule of the configuration backup are disabled</b> until somebody enables
                them.
              </p>
            </ConfirmDialog>
          </div>
        )}
      </Note>
    </section>
  );
}
