import { formatList } from "@/components/format";
import { Note } from "@/components/ui/note";

interface Props {
  channelName: string;
  /** Other jobs that use it. */
  jobs: readonly { name: string }[];
}

/** Two jobs on one check hide each other's failures: the success of one counts for the other, too. */
export function SharedMonitor({ channelName, jobs }: Props) {
  return (
    <div className="my-2">
      <Note tone="warning">
        {channelName} watches one job, and {formatList(jobs.map(({ name }) => name))}{" "}
        {jobs.length === 1 ? "uses" : "use"} it already: a success of one would hide a failure of the other. Write{" "}
        {"{{job.slug}}"} into the channel's address, or add a channel of its own for this job.
      </Note>
    </div>
  );
}
