import type { Metadata } from "next";
import { StandalonePage } from "@/components/shell/standalone-page";
import { LinkButton } from "@/components/ui/link-button";

export const metadata: Metadata = { title: "Not found" };

export default function NotFound() {
  return (
    <StandalonePage title="Page not found" sub="This page does not exist, or its content was deleted.">
      <LinkButton href="/" variant="primary">
        Go to Overview
      </LinkButton>
    </StandalonePage>
  );
}
