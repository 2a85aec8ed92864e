import { Check } from "lucide-react";
import { classNames } from "@/components/class-names";
import { Link } from "@/components/ui/link";

export const WELCOME_STEPS = ["channel", "source", "destination", "job", "run"] as const;
export type WelcomeStep = (typeof WELCOME_STEPS)[number];

const NAME: Record<WelcomeStep, string> = {
  channel: "Channel",
  source: "Source",
  destination: "Destination",
  job: "Job",
  run: "First run",
};

/** The five steps: which are done, and which is open. Each is a link; the order is only a suggestion. */
export function StepList({ current, done }: { current: WelcomeStep; done: Record<WelcomeStep, boolean> }) {
  return (
    <nav aria-label="Steps">
      <ol className="flex flex-wrap gap-x-1 gap-y-1">
        {WELCOME_STEPS.map((step, index) => (
          <li key={step}>
            <Link
              href={`/welcome?step=${step}`}
              aria-current={step === current ? "step" : undefined}
              className={classNames(
                "flex h-8 items-center gap-2 rounded-md px-2 text-sm transition-colors hover:bg-hover",
                step === current ? "font-medium text-ink" : "text-muted",
              )}
            >
              <span
                className={classNames(
                  "num grid size-5 place-items-center rounded-full border text-xs",
                  step === current ? "border-primary bg-primary text-on-primary" : "border-line-strong",
                )}
              >
                {done[step] && step !== current ? <Check aria-hidden="true" className="size-3" /> : index + 1}
              </span>
              {NAME[step]}
              {done[step] && <span className="sr-only">(done)</span>}
            </Link>
          </li>
        ))}
      </ol>
    </nav>
  );
}
