import { Link } from "@/components/ui/link";
import { TextLink } from "@/components/ui/link-button";

interface Props {
  jobs: readonly { id: string; name: string }[];
  /** The list of all of them. */
  allHref: string;
}

const SHOWN = 3;

/** The jobs that use something, each a link; many are counted. */
export function UsedBy({ jobs, allHref }: Props) {
  if (jobs.length === 0) return <span className="text-faint">no job</span>;
  const shown = jobs.slice(0, SHOWN);
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
      {jobs.length > SHOWN && (
        <>
          {" and "}
          <TextLink href={allHref}>{(jobs.length - SHOWN).toLocaleString("en")} more</TextLink>
        </>
      )}
    </span>
  );
}
