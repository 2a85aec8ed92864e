import { parseSync } from "oxc-parser";

interface Node {
  type: string;
  [key: string]: unknown;
}

/** The names that a module declares and exports. Names that it passes on from another module are left out. */
export function exportedNames(file: string, source: string): string[] {
  const program = parseSync(file, source).program as unknown as { body: Node[] };
  const declared = new Set(program.body.flatMap((statement) => declaredNames(declarationOf(statement) ?? statement)));
  return program.body.flatMap((statement) => {
    if (statement.type !== "ExportNamedDeclaration" || statement.source) return [];
    const declaration = declarationOf(statement);
    if (declaration) return declaredNames(declaration);
    const specifiers = statement.specifiers as { local: { name?: string }; exported: { name?: string } }[];
    return specifiers.filter(({ local }) => declared.has(local.name ?? "")).map(({ exported }) => exported.name ?? "");
  });
}

function declarationOf(statement: Node): Node | null {
  return statement.type === "ExportNamedDeclaration" ? (statement.declaration as Node | null) : null;
}

function declaredNames(declaration: Node): string[] {
  if (declaration.type === "VariableDeclaration") {
    return (declaration.declarations as { id: Node }[]).flatMap(({ id }) => namesInPattern(id));
  }
  const { id } = declaration as { id?: { name?: string } | null };
  return declaration.type.endsWith("Declaration") && id?.name ? [id.name] : [];
}

function namesInPattern(pattern: Node): string[] {
  if (pattern.type === "Identifier") return [pattern.name as string];
  if (pattern.type !== "ObjectPattern") return [];
  return (pattern.properties as { value?: Node }[]).flatMap(({ value }) => (value ? namesInPattern(value) : []));
}
