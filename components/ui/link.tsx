import NextLink from "next/link";
import type { ComponentProps } from "react";
import { LinkProgress } from "@/components/shell/navigation-bar";

/**
 * A link to another page, without prefetching: pages render in milliseconds, and each live refresh
 * would fetch the page behind every link again.
 */
export function Link({ children, ...rest }: ComponentProps<typeof NextLink>) {
  return (
    <NextLink prefetch={false} {...rest}>
      {children}
      <LinkProgress href={typeof rest.href === "string" ? rest.href : (rest.href.pathname ?? "")} />
    </NextLink>
  );
}
