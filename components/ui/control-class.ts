/** The look that text fields, text areas and selects share. */
export const controlClass =
  "w-full min-w-0 rounded-md border border-control bg-panel px-2.5 text-sm text-ink transition-colors hover:border-muted focus-visible:outline-offset-0 disabled:cursor-not-allowed disabled:border-line-strong disabled:bg-hover disabled:text-muted aria-invalid:border-failure";
