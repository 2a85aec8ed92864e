/** Why keys that are no monitoring hooks are not taken, by their names; the first that fits. */
const REASONS: readonly (readonly [RegExp, string])[] = [
  [/^(keep_|prefix$)/, "borgmatic keeps doing it: which archives are kept."],
  [/^(checks?$|check_)/, "borgmatic keeps doing it: its checks."],
  [
    /^(repositories|source_directories|working_directory|one_file_system|patterns|exclude_)/,
    "borgmatic keeps doing it: what is backed up, and where to.",
  ],
  [/^(before_|after_|on_error$|commands$)/, "borgmatic keeps running it."],
  [/(_databases|^container|^btrfs|^zfs|^lvm|^bootstrap)/, "borgmatic keeps doing it: what it dumps and snapshots."],
  [/^encryption_/, "It opens the repository, and stays on its machine."],
];

/** Why a key that is no monitoring hook is not taken. */
export function whyNotTaken(key: string): string {
  return REASONS.find(([pattern]) => pattern.test(key))?.[1] ?? "It sets up borgmatic itself, and stays in its file.";
}
