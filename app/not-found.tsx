import type { Metadata } from "next";
import { Gate } from "@/components/shell/gate";
import { LinkButton } from "@/components/ui/link-button";

export const metadata: Metadata = { title: "Not found" };

export default function NotFound() {
  return (
    <Gate title="There is nothing here" sub="The page does not exist, or what it showed was deleted.">
      <LinkButton href="/" variant="primary">
        Go to the overview
      </LinkButton>
    </Gate>
  );
}
