import { findTemplateProblem } from "./template-problem";

const CONTEXT = 24;

/** Shows the invalid part of a text in its context, with its position. */
export function TemplateErrorExcerpt({ text }: { text: string }) {
  const problem = findTemplateProblem(text);
  if (!problem) return null;
  const { at, length } = problem;
  const start = Math.max(0, at - CONTEXT);
  const end = Math.min(text.length, at + length + CONTEXT);
  return (
    <p className="font-mono text-muted text-xs [overflow-wrap:anywhere]">
      {start > 0 && "…"}
      {text.slice(start, at)}
      <mark className="rounded-xs bg-failure-bg text-failure">{text.slice(at, at + length)}</mark>
      {text.slice(at + length, end)}
      {end < text.length && "…"} <span className="font-sans">(character {at + 1})</span>
    </p>
  );
}
