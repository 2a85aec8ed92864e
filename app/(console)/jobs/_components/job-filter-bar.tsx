import { JOB_HEALTH_STYLE } from "@/components/status/job-health-badge";
import { RUN_STATUS_STYLE } from "@/components/status/run-status-badge";
import { FilterBar, FilterSelect } from "@/components/ui/filter-select";
import { SearchField } from "@/components/ui/search-field";
import { JOB_HEALTHS } from "@/lib/core/job-health";
import { RUN_STATUSES } from "@/lib/core/run";

/** Search, filters and order of the list of jobs, each in the address. */
export function JobFilterBar({ profiles }: { profiles: readonly { id: string; name: string }[] }) {
  return (
    <FilterBar>
      <SearchField label="Search jobs" />
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
      {profiles.length > 0 && (
        <FilterSelect
          param="profileId"
          label="Profile"
          allLabel="All profiles"
          options={profiles.map(({ id, name }) => ({ value: id, label: name }))}
        />
      )}
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
    </FilterBar>
  );
}
