import { EmptyState } from "@/components/ui/empty-state";
import { FilterBar } from "@/components/ui/filter-bar";
import { LinkButton } from "@/components/ui/link-button";
import { Page } from "@/components/ui/page";
import { PageHeader } from "@/components/ui/page-header";
import { Pager } from "@/components/ui/pager";
import { Panel } from "@/components/ui/panel";
import { SearchField } from "@/components/ui/search-field";
import type { EndpointLine } from "./endpoint-line";
import { EndpointTable } from "./endpoint-table";
import { ENDPOINT_TEXT, type EndpointNoun } from "./endpoint-text";

interface Props {
  noun: EndpointNoun;
  endpoints: readonly EndpointLine[];
  nextCursor: string | null;
  q?: string;
  label?: string;
  cursor?: string;
  before?: string;
  isAdmin: boolean;
}

/** All sources, or all destinations. */
export function EndpointListPage({ noun, endpoints, nextCursor, q, label, cursor, before, isAdmin }: Props) {
  const { title, about, empty } = ENDPOINT_TEXT[noun];
  const isFiltered = Boolean(q || label);
  const create = (text: string) => (
    <LinkButton href={`/${noun}s/new`} variant="primary">
      {text}
    </LinkButton>
  );
  return (
    <Page>
      <PageHeader title={title} sub={about} actions={isAdmin && create(`New ${noun}`)} />
      {(endpoints.length > 0 || q || label || cursor) && (
        <FilterBar>
          <SearchField label={`Search ${noun}s`} />
          <SearchField param="label" label="Label" placeholder="Label, as key:value" />
        </FilterBar>
      )}
      <Panel padded={false}>
        {endpoints.length > 0 ? (
          <EndpointTable noun={noun} endpoints={endpoints} />
        ) : (
          <EmptyState
            title={isFiltered ? "Nothing found" : `No ${noun}s yet`}
            action={isAdmin && !isFiltered && create(`Add the first ${noun}`)}
          >
            {isFiltered ? `No ${noun} matches the search.` : empty}
          </EmptyState>
        )}
      </Panel>
      <Pager nextCursor={nextCursor} cursor={cursor} before={before} params={{ q, label }} />
    </Page>
  );
}
