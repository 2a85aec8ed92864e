import { z } from "zod";
import { formatBytes } from "@/lib/core/format-units";
import { usedPercent } from "@/lib/core/storage";
import { connectionLink, connectionNoun } from "./connection-data";
import { storageData } from "./data";
import { defineEvent } from "./define-event";
import { fieldList } from "./field-list";
import { keyOf, keyOfDisk } from "./key";

const data = z.object({ storage: storageData.optional() });

/** Use in words, rounded so that it never seems better than it is. */
const used = (figures: { usedBytes: number; freeBytes: number }) => `${Math.floor(usedPercent(figures))} %`;

export const storageLow = defineEvent({
  type: "storage.low",
  name: "Storage Low",
  category: "Storage",
  description: "A destination, repository or disk of a client fills up: its use is over its threshold",
  tone: "warning",
  severity: "warning",
  data,
  audience: "system",
  startsEnabled: true,
  mailAdmins: true,
  repeat: "first",
  problem: ({ type, subject, data: { storage } }) =>
    storage?.mount === undefined ? keyOf(type, subject.id) : keyOfDisk(type, subject.id, storage.mount),
  link: ({ subject }) => connectionLink(subject),
  text: ({ subject, data: { storage }, status }) => {
    // A path is for operators: the message alone names it.
    const name = storage?.mount === undefined ? subject.name : `${storage.mount} of ${subject.name}`;
    if (status === "resolved") {
      const message = storage
        ? `${name} has space again: ${formatBytes(storage.freeBytes)} are free, ${used(storage)} used.`
        : `${name} has space again.`;
      return { title: `Storage OK: ${subject.name}`, message, fields: [] };
    }
    const advice =
      subject.kind === "client" ? "Free some space there." : "Free some space there, or keep fewer backups.";
    return {
      title: `Storage Low: ${subject.name}`,
      message: storage
        ? `${name} is filling up: ${used(storage)} used, ${formatBytes(storage.freeBytes)} free. ${advice}`
        : `${name} is filling up. ${advice}`,
      fields: fieldList(
        [connectionNoun(subject), subject.name],
        ["Used", storage && `${formatBytes(storage.usedBytes)} (${used(storage)})`],
        ["Free", storage && formatBytes(storage.freeBytes)],
        ["Threshold", storage && thresholdText(storage.threshold)],
      ),
    };
  },
  sample: () => ({
    subject: { kind: "destination", id: "dst_sample", name: "backup disk" },
    data: {
      storage: { usedBytes: 920_000_000_000, freeBytes: 80_000_000_000, threshold: { percent: 90 } },
    },
  }),
});

function thresholdText(threshold: { percent: number } | { freeBytes: number }): string {
  return "percent" in threshold ? `${threshold.percent} % used` : `${formatBytes(threshold.freeBytes)} free`;
}
