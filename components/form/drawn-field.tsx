"use client";

import type { ComponentType } from "react";
import type { DrawnFieldProps } from "./fields/field-props";
import { ListField } from "./fields/list-field";
import { NumberField } from "./fields/number-field";
import { PairsField } from "./fields/pairs-field";
import { SecretField } from "./fields/secret-field";
import { SelectField } from "./fields/select-field";
import { SwitchField } from "./fields/switch-field";
import { TextField } from "./fields/text-field";
import type { FieldKind } from "./schema-fields";

const DRAWN: Record<FieldKind, ComponentType<DrawnFieldProps>> = {
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
export function DrawnField(props: DrawnFieldProps) {
  const { kind, secret } = props.field;
  const Control = secret && kind === "textarea" ? SecretField : DRAWN[kind];
  return <Control {...props} />;
}
