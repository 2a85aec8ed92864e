import type { FormField } from "@/components/form/schema-fields";

/** What every drawn field gets. */
export interface DrawnFieldProps {
  field: FormField;
  /** Name of the control in its form: `config.url`. */
  path: string;
  value: unknown;
  onChange: (value: unknown) => void;
  error?: string;
  disabled?: boolean;
}
