import { EmptyState } from "@/components/ui/empty-state";
import { LinkButton } from "@/components/ui/link-button";
import { Panel } from "@/components/ui/panel";
import type { Role } from "@/lib/core/role";

/** A new installation: the way into the first five minutes, or who has to go it. */
export function FirstSteps({ role }: { role: Role }) {
  return (
    <Panel padded={false}>
      {role === "admin" ? (
        <EmptyState
          title="From here to the first backup takes a minute or two"
          action={
            <>
              <LinkButton href="/welcome" variant="primary">
                Begin
              </LinkButton>
              <LinkButton href="/jobs/new">Set up a job by myself</LinkButton>
            </>
          }
        >
          Say where you want to be told, what is to be backed up and where to. A sample is one click away.
        </EmptyState>
      ) : (
        <EmptyState title="No jobs yet">
          {role === "operator"
            ? "An administrator sets up sources, destinations and channels first; then you can make jobs over them."
            : "Once an administrator has set up a job, its state stands here."}
        </EmptyState>
      )}
    </Panel>
  );
}
