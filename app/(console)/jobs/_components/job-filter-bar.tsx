import { JOB_HEALTH_STYLE } from "@/components/status/job-health-badge";
import { RUN_STATUS_STYLE } from "@/components/status/run-status-badge";
import { FilterBar } from "@/components/ui/filter-bar";
import { FilterSelect } from "@/components/ui/filter-select";
import { LinkButton } from "@/components/ui/link-button";
import { SearchField } from "@/components/ui/search-field";
import { JOB_HEALTHS } from "@/lib/core/job-health";
import { RUN_STATUSES } from "@/lib/core/run";
import type { JobFilterChoices } from "./job-filters";

/** Search, filters and order of the list of jobs, each in the address. */
export function JobFilterBar({ choices, isFiltered }: { choices: JobFilterChoices; isFiltered: boolean }) {
  return (
    <FilterBar search={<SearchField label="Search jobs" />}>
      <FilterSelect
        param="health"
        label="Health"
        allLabel="Any health"
        options={JOB_HEALTHS.map((value) => ({ value, label: JOB_HEALTH_STYLE[value].label }))}
      />
      <FilterSelect
        param="state"
        label="Status of the last run"
        allLabel="Any last run"
        options={RUN_STATUSES.map((value) => ({ value, label: RUN_STATUS_STYLE[value].label }))}
      />
      <NamedSelect param="sourceId" label="Source" allLabel="All sources" named={choices.sources} />
      <NamedSelect param="destinationId" label="Destination" allLabel="All destinations" named={choices.destinations} />
      <NamedSelect param="channelId" label="Channel" allLabel="All channels" named={choices.channels} />
      <NamedSelect param="profileId" label="Profile" allLabel="All profiles" named={choices.profiles} />
      <FilterSelect
        param="order"
        label="Order"
        allLabel="In order of creation"
        options={[
          { value: "health", label: "Worst first" },
          { value: "name", label: "By name" },
        ]}
      />
      <SearchField param="label" label="Label" placeholder="Label, as key:value" />
      {isFiltered && (
        <LinkButton href="/jobs" variant="ghost">
          Clear
        </LinkButton>
      )}
    </FilterBar>
  );
}

interface NamedSelectProps {
  param: string;
  label: string;
  allLabel: string;
  named: readonly { id: string; name: string }[];
}

/** Left out where there is nothing to choose from. */
function NamedSelect({ named, ...select }: NamedSelectProps) {
  if (named.length === 0) return null;
  return <FilterSelect {...select} options={named.map(({ id, name }) => ({ value: id, label: name }))} />;
}
