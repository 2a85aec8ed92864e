import type { Metadata } from "next";
import { Crumbs } from "@/components/shell/breadcrumbs";
import { Page } from "@/components/ui/page";
import { PageHeader } from "@/components/ui/page-header";
import { CONDITION_FIELDS, type MatchCondition } from "@/lib/core/matching";
import type { SearchParams } from "../../_components/search-params";
import { currentUser } from "../../current-user";
import { OnlyOperators } from "../_components/only-operators";
import { SilenceForm } from "../_components/silence-form";

export const metadata: Metadata = { title: "New silence" };

/** As many conditions as an address may bring. */
const MAX_CONDITIONS = 20;

export default async function NewSilencePage({ searchParams }: { searchParams: SearchParams }) {
  const { isOperator, timezone } = await currentUser();
  if (!isOperator) return <OnlyOperators />;
  return (
    <Page narrow>
      <Crumbs items={[{ label: "Silences", href: "/silences" }, { label: "New" }]} />
      <PageHeader title="New silence" sub="Starts when it is created, unless a later time is set" />
      <SilenceForm timezone={timezone} conditions={conditionsOf(await searchParams)} />
    </Page>
  );
}

/** `?job=media&job=mail`: a condition for each. */
function conditionsOf(search: Awaited<SearchParams>): MatchCondition[] {
  return CONDITION_FIELDS.flatMap((field) =>
    [search[field] ?? []].flat().map((value): MatchCondition => ({ field, op: "is", value: value.slice(0, 200) })),
  )
    .filter(({ value }) => value !== "")
    .slice(0, MAX_CONDITIONS);
}
