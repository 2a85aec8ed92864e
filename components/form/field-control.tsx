"use client";

import type { ComponentType } from "react";
import type { FieldControlProps } from "./fields/field-props";
import { ListField } from "./fields/list-field";
import { NumberField } from "./fields/number-field";
import { PairsField } from "./fields/pairs-field";
import { SecretField } from "./fields/secret-field";
import { SelectField } from "./fields/select-field";
import { SwitchField } from "./fields/switch-field";
import { TextField } from "./fields/text-field";
import type { FieldKind } from "./schema-fields";

const CONTROLS: Record<FieldKind, ComponentType<FieldControlProps>> = {
  text: TextField,
  textarea: TextField,
  password: SecretField,
  number: NumberField,
  switch: SwitchField,
  select: SelectField,
  list: ListField,
  pairs: PairsField,
};

/** The control for one field of a schema. */
export function FieldControl(props: FieldControlProps) {
  const { kind, secret } = props.field;
  const Control = secret && kind === "textarea" ? SecretField : CONTROLS[kind];
  return <Control {...props} />;
}
