"use client";

import { useRouter } from "next/navigation";
import { Select } from "@/components/ui/select";

interface Named {
  id: string;
  name: string;
}

/** Shows the backups of one job. */
export function JobPicker({ jobs, current }: { jobs: readonly Named[]; current: Named | null }) {
  const router = useRouter();
  const all = current && jobs.every(({ id }) => id !== current.id) ? [current, ...jobs] : jobs;
  return (
    <Select
      aria-label="Job"
      className="w-auto max-w-72 flex-none"
      value={current?.id ?? ""}
      onChange={(event) => router.push(event.target.value ? `/restore?jobId=${event.target.value}` : "/restore")}
      options={[{ value: "", label: "All jobs" }, ...all.map(({ id, name }) => ({ value: id, label: name }))]}
    />
  );
}
