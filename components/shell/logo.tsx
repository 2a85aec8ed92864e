/** The logo: a bell in its belfry. */
export function Logo({ className = "size-5" }: { className?: string }) {
  return (
    <svg
      viewBox="0 0 20 20"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.5"
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
      className={className}
    >
      <path d="M3.5 17V8.2L10 2.6l6.5 5.6V17" />
      <path d="M6.8 13.9c.7-.6 1-1.5 1-2.6 0-1.4.8-2.3 2.2-2.3s2.2.9 2.2 2.3c0 1.1.3 2 1 2.6z" />
      <path d="M10 16.2v.3" />
    </svg>
  );
}
