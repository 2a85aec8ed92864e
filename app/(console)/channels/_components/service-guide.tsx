import { Guide } from "@/components/guide/guide";
import type { ProviderView } from "@/lib/services/providers/list";
import { channelGuide } from "@/lib/web/channel-guide";

/** The documentation's page about a service. */
export async function ServiceGuide({ provider: { id, label, docsUrl } }: { provider: ProviderView }) {
  const source = await channelGuide(id);
  return source && <Guide label={label} source={source} docsUrl={docsUrl} />;
}
