import { EmptyState } from "@/components/ui/empty-state";
import { LinkButton } from "@/components/ui/link-button";
import { Panel } from "@/components/ui/panel";
import type { Role } from "@/lib/core/role";

/** Overview of a new installation: the way to the guided setup, or who can start it. */
export function GettingStarted({ role }: { role: Role }) {
  return (
    <Panel padded={false}>
      {role === "admin" ? (
        <EmptyState
          title="Set up your first backup"
          action={
            <>
              <LinkButton href="/welcome" variant="primary">
                Get started
              </LinkButton>
              <LinkButton href="/jobs/new">Create a job manually</LinkButton>
            </>
          }
        >
          Choose a notification channel, a source and a destination. A sample is one click away.
        </EmptyState>
      ) : (
        <EmptyState title="No jobs yet">
          {role === "operator"
            ? "An administrator sets up sources, destinations and channels first; then you can create jobs."
            : "Jobs appear here once an administrator has created them."}
        </EmptyState>
      )}
    </Panel>
  );
}
