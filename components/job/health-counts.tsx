import { JOB_HEALTH_STYLE } from "@/components/status/job-health-badge";
import { ShapeMark } from "@/components/ui/badge";
import { Link } from "@/components/ui/link";
import { JOB_HEALTHS, type JobHealth } from "@/lib/core/job-health";

const COLOUR = {
  neutral: "text-faint",
  success: "text-success",
  failure: "text-failure",
  warning: "text-warning",
  info: "text-info",
  system: "text-system",
} as const;

/** How many jobs are in each health, worst first; each opens the list of them. A health that no job has is left out. */
export function HealthCounts({ counts }: { counts: Record<JobHealth, number> }) {
  return (
    <ul aria-label="Jobs by health" className="flex flex-wrap gap-2">
      {JOB_HEALTHS.filter((health) => counts[health] > 0).map((health) => {
        const { label, tone, shape } = JOB_HEALTH_STYLE[health];
        return (
          <li key={health}>
            <Link
              href={`/jobs?health=${health}`}
              className="flex h-10 items-center gap-2 rounded-lg border border-line bg-panel px-3 text-sm transition-colors hover:border-line-strong sm:h-8"
            >
              {shape !== "none" && (
                <span className={COLOUR[tone]}>
                  <ShapeMark shape={shape} />
                </span>
              )}
              <span className="font-semibold tabular-nums">{counts[health].toLocaleString("en")}</span>
              <span className="text-muted">{label}</span>
            </Link>
          </li>
        );
      })}
    </ul>
  );
}
