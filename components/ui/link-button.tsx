import type { ReactNode } from "react";
import { classNames } from "@/components/class-names";
import { type ButtonLook, buttonClass } from "./button-class";
import { Link } from "./link";

interface Props extends ButtonLook {
  href: string;
  icon?: ReactNode;
  children: ReactNode;
  className?: string;
  /** The address is a file to save: rendered as a plain link. */
  download?: boolean | string;
  /** Where it shows an icon alone. */
  label?: string;
}

/** A link that looks like a button. */
export function LinkButton({ href, variant, size, icon, className, download, label, children }: Props) {
  const look = classNames(buttonClass({ variant, size }), className);
  if (download !== undefined && download !== false) {
    return (
      <a href={href} download={download} className={look} aria-label={label} title={label}>
        {icon}
        {children}
      </a>
    );
  }
  return (
    <Link href={href} className={look} aria-label={label} title={label}>
      {icon}
      {children}
    </Link>
  );
}

/** A link within text or a table. */
export function TextLink({ href, children, className }: { href: string; children: ReactNode; className?: string }) {
  return (
    <Link
      href={href}
      className={classNames(
        "underline decoration-line-strong underline-offset-3 transition-colors hover:decoration-current",
        className,
      )}
    >
      {children}
    </Link>
  );
}
