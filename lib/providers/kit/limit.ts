/** What a limit counts. A number without its unit is ambiguous: 4,096 emoji are 16 KB. */
export type LimitUnit = "codepoints" | "utf16" | "bytes";

export interface Limit {
  max: number;
  unit: LimitUnit;
}
