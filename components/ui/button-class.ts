import { cva, type VariantProps } from "class-variance-authority";

/** Style of buttons and of links that look like one. */
export const buttonClass = cva(
  "relative inline-flex shrink-0 select-none items-center justify-center gap-1.5 whitespace-nowrap rounded-md border font-medium transition-colors disabled:cursor-not-allowed disabled:opacity-50 aria-disabled:cursor-default",
  {
    variants: {
      variant: {
        primary:
          "border-primary bg-primary text-on-primary enabled:hover:border-primary-hover enabled:hover:bg-primary-hover [a]:hover:bg-primary-hover",
        default: "border-line-strong bg-panel text-ink enabled:hover:bg-hover [a]:hover:bg-hover",
        ghost:
          "border-transparent text-muted enabled:hover:bg-hover enabled:hover:text-ink [a]:hover:bg-hover [a]:hover:text-ink",
        danger: "border-failure bg-failure text-on-failure enabled:hover:opacity-90",
      },
      size: {
        sm: "h-7 px-2 text-xs pointer-coarse:h-9 pointer-coarse:px-3",
        md: "h-8 px-3 text-sm pointer-coarse:h-10 pointer-coarse:px-4",
      },
    },
    defaultVariants: { variant: "default", size: "md" },
  },
);

export type ButtonLook = VariantProps<typeof buttonClass>;
