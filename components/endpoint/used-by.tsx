import { Link } from "@/components/ui/link";

/** The jobs that use something, each a link. */
export function UsedBy({ jobs }: { jobs: readonly { id: string; name: string }[] }) {
  if (jobs.length === 0) return <span className="text-faint">no job</span>;
  const shown = jobs.slice(0, 3);
  return (
    <span>
      {shown.map((job, index) => (
        <span key={job.id}>
          {index > 0 && ", "}
          <Link href={`/jobs/${job.id}`} className="hover:underline">
            {job.name}
          </Link>
        </span>
      ))}
      {jobs.length > shown.length && ` and ${jobs.length - shown.length} more`}
    </span>
  );
}
