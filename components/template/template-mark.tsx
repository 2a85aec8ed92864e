import { templateProblem } from "./template-problem";

const AROUND = 24;

/** Shows the wrong place of a text among its neighbours, and at which character it is. */
export function TemplateMark({ text }: { text: string }) {
  const problem = templateProblem(text);
  if (!problem) return null;
  const { at, length } = problem;
  const start = Math.max(0, at - AROUND);
  const end = Math.min(text.length, at + length + AROUND);
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
