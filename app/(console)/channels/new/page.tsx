import type { Metadata } from "next";
import { Crumbs } from "@/components/shell/breadcrumbs";
import { Note } from "@/components/ui/note";
import { Page } from "@/components/ui/page";
import { PageHeader } from "@/components/ui/page-header";
import { eventTypes } from "@/lib/services/events/types";
import { type ProviderView, providersList } from "@/lib/services/providers/list";
import { page, pageOrNull } from "@/lib/web/page";
import { OnlyAdmins } from "../../_components/only-admins";
import { parseFilter, readSearch, type SearchParams } from "../../_components/search-params";
import { currentUser } from "../../current-user";
import { type ChannelTab, channelTabsOf } from "../_components/channel-tabs";
import { ServiceGuide } from "../_components/service-guide";
import { NewChannelForm } from "./_components/new-channel-form";
import { NewChannelStart } from "./_components/new-channel-start";

export const metadata: Metadata = { title: "New channel" };

export default async function NewChannelPage({ searchParams }: { searchParams: SearchParams }) {
  const { provider: wanted, tab } = await readSearch(searchParams);
  const { isAdmin } = await currentUser();
  if (!isAdmin) return <OnlyAdmins title="New channel" what="add channels" back="/channels" />;
  const [provider] = (wanted && (await pageOrNull(providersList, { id: wanted }))) || [];
  if (!provider) {
    const providers = await page(providersList, {});
    return (
      <Page narrow>
        <Crumbs items={[{ label: "Channels", href: "/channels" }, { label: "New" }]} />
        <PageHeader title="New channel" sub="Choose a service or paste a URL" />
        <NewChannelStart
          providers={providers.map(({ id, label, tagline, aliases, purpose, icon }) => ({
            id,
            label,
            tagline,
            aliases,
            purpose,
            icon,
          }))}
        />
      </Page>
    );
  }
  return (
    <Page>
      <Crumbs
        items={[
          { label: "Channels", href: "/channels" },
          { label: "New", href: "/channels/new" },
          { label: provider.label },
        ]}
      />
      <PageHeader
        title={`New ${provider.label} channel`}
        sub="Send a test before you save. It is delivered like a real notification."
        back={{ href: "/channels/new", label: "Other services" }}
      />
      {provider.notice && (
        <Note tone="warning" title="On this server">
          {provider.notice}
        </Note>
      )}
      <NewChannelForm
        key={provider.id}
        provider={provider}
        types={await page(eventTypes, {})}
        tab={tabOf(tab, provider.purpose)}
        guide={<ServiceGuide provider={provider} />}
      />
    </Page>
  );
}

function tabOf(wanted: string | undefined, purpose: ProviderView["purpose"]): ChannelTab {
  return parseFilter(channelTabsOf({ isNew: true, isMonitor: purpose === "monitor" }), wanted) ?? "settings";
}
