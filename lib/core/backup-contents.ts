/** What a backup holds, in numbers that can be compared with those of other backups. Null: has no meaning for its kind. */
export interface BackupContents {
  files: number | null;
  tables: number | null;
  /** Tables with at least one row. */
  filledTables: number | null;
}

export const UNKNOWN_CONTENTS: BackupContents = { files: null, tables: null, filledTables: null };
