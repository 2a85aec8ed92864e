import type { Metadata } from "next";
import { ProviderPicker } from "@/components/channel/provider-picker";
import { Crumbs } from "@/components/shell/breadcrumbs";
import { Page } from "@/components/ui/page";
import { PageHeader } from "@/components/ui/page-header";
import { eventTypes } from "@/lib/services/events/types";
import { providersList } from "@/lib/services/providers/list";
import { page } from "@/lib/web/page";
import { OnlyAdmins } from "../../_components/only-admins";
import { readSearch, type SearchParams } from "../../_components/search-params";
import { reader } from "../../reader";
import { ChannelForm } from "../_components/channel-form";

export const metadata: Metadata = { title: "New channel" };

export default async function NewChannelPage({ searchParams }: { searchParams: SearchParams }) {
  const { provider: wanted } = await readSearch(searchParams);
  const { isAdmin } = await reader();
  if (!isAdmin) return <OnlyAdmins title="New channel" what="add channels" back="/channels" />;
  const providers = await page(providersList, {});
  const provider = providers.find(({ id }) => id === wanted);
  if (!provider) {
    return (
      <Page narrow>
        <Crumbs items={[{ label: "Channels", href: "/channels" }, { label: "New" }]} />
        <PageHeader title="New channel" sub="Where should Belfry write to?" />
        <ProviderPicker
          providers={providers.map(({ id, label, purpose, canMailPeople }) => ({ id, label, purpose, canMailPeople }))}
          hrefPrefix="/channels/new?provider="
        />
      </Page>
    );
  }
  return (
    <Page narrow>
      <Crumbs
        items={[
          { label: "Channels", href: "/channels" },
          { label: "New", href: "/channels/new" },
          { label: provider.label },
        ]}
      />
      <PageHeader
        title={`New ${provider.label} channel`}
        sub="Test it before you save: the message goes out just as a real one would."
        back={{ href: "/channels/new", label: "Other services" }}
      />
      <ChannelForm key={provider.id} provider={provider} types={await page(eventTypes, {})} />
    </Page>
  );
}
