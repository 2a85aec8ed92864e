import { z } from "zod";
import { formatBytes } from "@/lib/core/format-units";
import { defineEvent } from "./define-event";
import { fieldList } from "./field-list";

const data = z.object({
  spike: z
    .object({
      /** How much was used at the earlier measurement, bytes. */
      beforeBytes: z.number(),
      /** When that was, milliseconds. */
      beforeAt: z.number(),
      usedBytes: z.number(),
      /** The change from which on it counts. */
      sharePercent: z.number(),
    })
    .optional(),
});

type Spike = NonNullable<z.output<typeof data>["spike"]>;

export const storageSpike = defineEvent({
  type: "storage.spike",
  name: "Storage Usage Spike",
  category: "Storage",
  description: "The use of a destination changed within a day by more than the share that is set for it",
  tone: "warning",
  severity: "warning",
  data,
  audience: "system",
  startsEnabled: true,
  repeat: "first",
  problem: "subject",
  link: ({ subject }) => ({ label: "Open destination", url: `/destinations/${subject.id}` }),
  times: ({ data: { spike } }) => (spike ? [{ label: "Measured before", at: spike.beforeAt }] : []),
  text: ({ subject, data: { spike }, status }) => {
    if (status === "resolved") {
      const message = spike
        ? `The use of ${subject.name} changes as usual again: ${formatBytes(spike.usedBytes)} are used.`
        : `${subject.name} is no longer watched for spikes of its use.`;
      return { title: `Storage usage normal: ${subject.name}`, message, fields: [] };
    }
    return {
      title: `Storage Usage Spike: ${subject.name}`,
      message: spike ? spikeText(subject.name, spike) : `The use of ${subject.name} changed by more than usual.`,
      fields: fieldList(
        ["Destination", subject.name],
        ["Before", spike && formatBytes(spike.beforeBytes)],
        ["Now", spike && formatBytes(spike.usedBytes)],
        ["Reported from", spike && `${spike.sharePercent} % on`],
      ),
    };
  },
  sample: (now) => ({
    subject: { kind: "destination", id: "dst_sample", name: "backup disk" },
    data: {
      spike: {
        beforeBytes: 400_000_000_000,
        beforeAt: now - 86_400_000,
        usedBytes: 710_000_000_000,
        sharePercent: 50,
      },
    },
  }),
});

function spikeText(name: string, { beforeBytes, usedBytes }: Spike): string {
  const percent = Math.round((Math.abs(usedBytes - beforeBytes) / beforeBytes) * 100);
  const [verb, advice] =
    usedBytes > beforeBytes
      ? ["grew", "Look which job stores more than before."]
      : ["shrank", "Look whether backups were removed there."];
  return `The use of ${name} ${verb} by ${percent} % within a day: from ${formatBytes(beforeBytes)} to ${formatBytes(usedBytes)}. ${advice}`;
}
