import { Badge, type BadgeShape, type BadgeTone } from "@/components/ui/badge";
import type { Severity } from "@/lib/core/severity";

export const SEVERITY_LOOK: Record<Severity, { word: string; tone: BadgeTone; shape: BadgeShape }> = {
  info: { word: "Info", tone: "info", shape: "dot" },
  warning: { word: "Warning", tone: "warning", shape: "triangle" },
  critical: { word: "Critical", tone: "failure", shape: "square" },
};

export function SeverityBadge({ severity }: { severity: Severity }) {
  const { word, tone, shape } = SEVERITY_LOOK[severity];
  return (
    <Badge tone={tone} shape={shape}>
      {word}
    </Badge>
  );
}
