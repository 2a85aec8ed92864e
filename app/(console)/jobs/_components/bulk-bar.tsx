"use client";

import { useRouter } from "next/navigation";
import { useState } from "react";
import { useAction } from "@/components/action/use-action";
import { pluralize } from "@/components/format";
import { useJobSelection } from "@/components/job/job-selection";
import { LabelsField, type SuggestLabels } from "@/components/label/labels-field";
import { Button } from "@/components/ui/button";
import { ConfirmDialog } from "@/components/ui/confirm-dialog";
import { Field, FieldStack } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { LinkButton } from "@/components/ui/link-button";
import { Select } from "@/components/ui/select";
import { toast } from "@/components/ui/toast";
import type { ActionResult } from "@/lib/core/action-error";
import type { Labels } from "@/lib/core/label";
import type { RunStatus } from "@/lib/core/run";

interface BulkSet {
  profileId?: string | null;
  labels?: Record<string, string | null>;
  enabled?: boolean;
}

/** The filter of the list, as its address says it. */
export type ShownFilters = Partial<
  Record<"q" | "label" | "profileId" | "sourceId" | "destinationId" | "channelId", string>
> & { state?: RunStatus };

interface Props {
  /** The jobs of this page of the list. */
  shown: readonly string[];
  profiles: readonly { id: string; name: string }[];
  filters: ShownFilters;
  /** Whether the list has more pages. */
  hasMore: boolean;
  findIds: (filters: ShownFilters) => Promise<ActionResult<{ ids: string[]; isComplete: boolean }>>;
  change: (input: { ids: string[]; set: BulkSet }) => Promise<ActionResult<{ changed: number }>>;
  suggestLabels: SuggestLabels;
}

/** As many as the form of a silence takes from its address; more are silenced by a label. */
const MOST_SILENCED = 20;

/** What can be done with the selected jobs, all or none of them. Shown while any is selected. */
export function BulkBar({ shown, profiles, filters, hasMore, findIds, change, suggestLabels }: Props) {
  const { ids, set: select } = useJobSelection();
  const router = useRouter();
  const find = useAction();
  if (ids.size === 0) return null;
  const jobs = pluralize(ids.size, "job");
  const unselected = shown.filter((id) => !ids.has(id));
  const selectAll = () =>
    find.run(() => findIds(filters), {
      onSuccess: ({ ids: found, isComplete }) => {
        select(found);
        if (!isComplete) toast.error(`Only the first ${pluralize(found.length, "job")} are selected.`);
      },
    });
  const send = (part: BulkSet) => change({ ids: [...ids], set: part });
  const done = () => {
    toast.success(`${jobs} changed`);
    select([]);
    router.refresh();
  };
  return (
    <section
      aria-label="Selected jobs"
      className="sticky bottom-3 z-10 flex flex-wrap items-center gap-2 rounded-lg border border-line-strong bg-panel px-4 py-2.5 shadow-float"
    >
      <span className="mr-auto text-sm" role="status">
        {jobs} selected
      </span>
      {unselected.length > 0 && (
        <Button variant="ghost" size="sm" onClick={() => select([...ids, ...unselected])}>
          Select all shown
        </Button>
      )}
      {hasMore && (
        <Button variant="ghost" size="sm" pending={find.pending} onClick={selectAll}>
          Select all that match
        </Button>
      )}
      {profiles.length > 0 && <ProfileDialog jobs={jobs} profiles={profiles} send={send} done={done} />}
      <LabelsDialog jobs={jobs} send={send} done={done} suggestLabels={suggestLabels} />
      <ConfirmDialog
        trigger={<Button size="sm">Enable</Button>}
        title={`Enable ${jobs}?`}
        confirmLabel="Enable"
        onConfirm={() => send({ enabled: true })}
        onDone={done}
      >
        Their schedules start again with the next time of each.
      </ConfirmDialog>
      <ConfirmDialog
        trigger={<Button size="sm">Disable</Button>}
        title={`Disable ${jobs}?`}
        confirmLabel="Disable"
        onConfirm={() => send({ enabled: false })}
        onDone={done}
      >
        They run manually only. Their open alerts are closed without a message, and their queued runs are canceled.
      </ConfirmDialog>
      {ids.size <= MOST_SILENCED && (
        <LinkButton size="sm" href={`/silences/new?${new URLSearchParams([...ids].map((id) => ["job", id]))}`}>
          Silence
        </LinkButton>
      )}
      <Button variant="ghost" size="sm" onClick={() => select([])}>
        Clear
      </Button>
    </section>
  );
}

interface DialogProps {
  /** How many, in words. */
  jobs: string;
  send: (part: BulkSet) => Promise<ActionResult<{ changed: number }>>;
  done: () => void;
}

function ProfileDialog({ jobs, profiles, send, done }: DialogProps & Pick<Props, "profiles">) {
  const [profileId, setProfileId] = useState(profiles[0]?.id ?? "");
  return (
    <ConfirmDialog
      trigger={<Button size="sm">Profile</Button>}
      title={`Profile of ${jobs}`}
      confirmLabel="Set the profile"
      onConfirm={() => send({ profileId: profileId || null })}
      onDone={done}
    >
      <Field label="Follow the profile" help="Rules of their own stay, and replace the profile's for their channels.">
        <Select
          value={profileId}
          onChange={(event) => setProfileId(event.target.value)}
          options={[
            { value: "", label: "No profile" },
            ...profiles.map(({ id, name }) => ({ value: id, label: name })),
          ]}
        />
      </Field>
    </ConfirmDialog>
  );
}

function LabelsDialog({ jobs, send, done, suggestLabels }: DialogProps & Pick<Props, "suggestLabels">) {
  const [added, setAdded] = useState<Labels>({});
  const [removed, setRemoved] = useState("");
  const keys = removed.split(/[\s,]+/).filter(Boolean);
  return (
    <ConfirmDialog
      trigger={<Button size="sm">Labels</Button>}
      title={`Labels of ${jobs}`}
      confirmLabel="Change the labels"
      onConfirm={() => send({ labels: { ...Object.fromEntries(keys.map((key) => [key, null])), ...added } })}
      onDone={() => {
        setAdded({});
        setRemoved("");
        done();
      }}
    >
      <FieldStack>
        <LabelsField label="Labels to add" labels={added} onChange={setAdded} suggest={suggestLabels} errors={{}} />
        <Field label="Labels to remove" optional help="Keys, separated by commas. What a job does not have is skipped.">
          <Input
            value={removed}
            spellCheck={false}
            autoCapitalize="off"
            placeholder="team, env"
            onChange={(event) => setRemoved(event.target.value)}
          />
        </Field>
      </FieldStack>
    </ConfirmDialog>
  );
}
