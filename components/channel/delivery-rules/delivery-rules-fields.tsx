"use client";

import { useId } from "react";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { Select } from "@/components/ui/select";
import type { DeliveryRulesDraft } from "./delivery-rules-draft";

interface Props {
  draft: DeliveryRulesDraft;
  onChange: (draft: DeliveryRulesDraft) => void;
  errors: Record<string, string>;
  /** Off for monitors: they receive every run of their job. */
  hasMinSeverity: boolean;
}

/** Minimum severity and rate limit of a channel. */
export function DeliveryRulesFields({ draft, onChange, errors, hasMinSeverity }: Props) {
  const notesId = useId();
  const rateError = errors["rateLimit.requests"] ?? errors["rateLimit.perSeconds"] ?? errors.rateLimit;
  const rateInput = {
    type: "number",
    min: 1,
    inputMode: "numeric",
    "aria-invalid": rateError ? true : undefined,
    "aria-describedby": notesId,
    className: "w-18",
  } as const;
  return (
    <>
      {hasMinSeverity && (
        <Field
          label="Minimum severity"
          error={errors.minSeverity}
          help="Less severe notifications are not sent to this channel, whatever their source."
        >
          <Select
            className="max-w-72"
            value={draft.minSeverity}
            onChange={(event) =>
              onChange({ ...draft, minSeverity: SEVERITIES.find((one) => one === event.target.value) ?? "" })
            }
            options={[
              { value: "", label: "All severities" },
              { value: "warning", label: "Warning and above" },
              { value: "critical", label: "Critical only" },
            ]}
          />
        </Field>
      )}
      <fieldset className="flex min-w-0 flex-col gap-1.5">
        <legend className="mb-1.5 flex w-full items-baseline justify-between gap-2 font-medium text-sm">
          Rate limit <span className="font-normal text-faint text-xs">optional</span>
        </legend>
        <div className="flex flex-wrap items-center gap-2 text-sm">
          <Input
            {...rateInput}
            aria-label="Maximum messages"
            value={draft.requests}
            onChange={(event) => onChange({ ...draft, requests: event.target.value })}
          />
          messages per
          <Input
            {...rateInput}
            aria-label="Interval in seconds"
            value={draft.perSeconds}
            onChange={(event) => onChange({ ...draft, perSeconds: event.target.value })}
          />
          seconds
        </div>
        <div id={notesId}>
          {rateError && <p className="text-failure text-xs">{rateError}</p>}
          <p className="text-muted text-xs">
            Excess messages wait in the queue; none are dropped. Blank: only the service's own limits.
          </p>
        </div>
      </fieldset>
    </>
  );
}

const SEVERITIES = ["warning", "critical"] as const;
