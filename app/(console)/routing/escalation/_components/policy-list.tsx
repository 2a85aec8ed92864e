"use client";

import { Plus } from "lucide-react";
import { pluralize } from "@/components/format";
import { Button } from "@/components/ui/button";
import { DeleteButton } from "@/components/ui/delete-button";
import { EmptyState } from "@/components/ui/empty-state";
import type { PagePlace } from "@/components/ui/page-trail";
import { Pager } from "@/components/ui/pager";
import { Panel } from "@/components/ui/panel";
import type { EscalationPolicyView } from "@/lib/services/escalation-policies/view";
import { deletePolicyAction } from "../actions";
import { type Choice, PolicyDialog } from "./policy-dialog";

interface Props extends PagePlace {
  policies: readonly EscalationPolicyView[];
  nextCursor: string | null;
  channels: readonly Choice[];
  users: readonly Choice[];
}

/** All escalation policies, each with its steps in words. */
export function PolicyList({ policies, nextCursor, cursor, before, channels, users }: Props) {
  const add = (
    <PolicyDialog
      channels={channels}
      users={users}
      trigger={
        <Button variant="primary" icon={<Plus aria-hidden="true" className="size-4" />}>
          New policy
        </Button>
      }
    />
  );
  return (
    <Panel title="Escalation policies" aside={policies.length > 0 && add} padded={false}>
      {policies.length === 0 ? (
        <EmptyState title="No policies" action={add}>
          A policy says who is notified next while nobody acknowledges an alert; rules of jobs, routes and system events
          use it.
        </EmptyState>
      ) : (
        <ul>
          {policies.map((policy) => (
            <li
              key={policy.id}
              className="flex flex-wrap items-start gap-3 border-line border-t px-4 py-3 first:border-t-0"
            >
              <div className="min-w-0 flex-1">
                <h3 className="font-medium [overflow-wrap:anywhere]">{policy.name}</h3>
                <ol className="mt-1 flex flex-col gap-0.5 text-muted text-sm">
                  {policy.steps.map((step) => (
                    <li key={step.afterMinutes} className="[overflow-wrap:anywhere]">
                      after {step.afterMinutes} min: {recipientsText(step)}
                    </li>
                  ))}
                </ol>
                {policy.repeat > 0 && (
                  <p className="mt-0.5 text-muted text-sm">then again, {pluralize(policy.repeat, "time")}</p>
                )}
              </div>
              <div className="flex gap-2">
                <PolicyDialog
                  policy={policy}
                  channels={channels}
                  users={users}
                  trigger={
                    <Button size="sm" aria-label={`Edit ${policy.name}`}>
                      Edit
                    </Button>
                  }
                />
                <DeleteButton
                  inList
                  noun="policy"
                  name={policy.name}
                  remove={() => deletePolicyAction({ id: policy.id })}
                >
                  Steps that wait already are still sent. A policy in use is not deleted.
                </DeleteButton>
              </div>
            </li>
          ))}
        </ul>
      )}
      {(nextCursor || cursor) && (
        <div className="border-line border-t px-4 py-3">
          <Pager nextCursor={nextCursor} cursor={cursor} before={before} label="Pages of policies" />
        </div>
      )}
    </Panel>
  );
}

function recipientsText({ channelNames, userNames }: EscalationPolicyView["steps"][number]): string {
  const channels = channelNames.map(({ name }) => name ?? "a deleted channel");
  const people = userNames.map(({ name }) => (name === null ? "a person without an account" : `${name} by mail`));
  return [...channels, ...people].join(", ");
}
