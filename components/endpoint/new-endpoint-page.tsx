import { Crumbs } from "@/components/shell/breadcrumbs";
import { Page } from "@/components/ui/page";
import { PageHeader } from "@/components/ui/page-header";
import { Panel } from "@/components/ui/panel";
import { type EndpointActions, EndpointForm, type EndpointFormKind } from "./endpoint-form";
import { ENDPOINT_TEXT, type EndpointNoun } from "./endpoint-text";

interface Props {
  noun: EndpointNoun;
  kinds: readonly EndpointFormKind[];
  actions: EndpointActions;
  /** Where to go once it is created. */
  next?: string;
}

export function NewEndpointPage({ noun, kinds, actions, next }: Props) {
  const { title, create } = ENDPOINT_TEXT[noun];
  return (
    <Page narrow>
      <Crumbs items={[{ label: title, href: `/${noun}s` }, { label: `New ${noun}` }]} />
      <PageHeader title={`New ${noun}`} sub={create} />
      <Panel>
        <EndpointForm noun={noun} kinds={kinds} next={next} actions={actions} />
      </Panel>
    </Page>
  );
}
