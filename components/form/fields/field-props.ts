import type { FormField } from "@/components/form/schema-fields";

/** Props of every field control. */
export interface FieldControlProps {
  field: FormField;
  /** Name of the control in its form: `config.url`. */
  path: string;
  value: unknown;
  onChange: (value: unknown) => void;
  error?: string;
  disabled?: boolean;
}
