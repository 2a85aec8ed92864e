import { parseSync } from "oxc-parser";

interface Node {
  type: string;
  start: number;
  [key: string]: unknown;
}

export interface ModuleState {
  name: string;
  line: number;
  reason: string;
}

const COLLECTIONS = new Set(["Map", "Set", "WeakMap", "WeakSet"]);
/** Immutable in use: nothing that they are asked changes them. */
const IMMUTABLE_CLASSES = new Set(["RegExp", "TextEncoder", "TextDecoder", "URL"]);
const MUTATING_METHODS = new Set(
  "add set delete clear push pop shift unshift splice sort reverse fill copyWithin".split(" "),
);
/** Calls whose result is state of its own, by the convention of their names. */
const FACTORY = /^(make|create|open)[A-Z]/;

/**
 * The mutable state that a module keeps at its top level: each bundle of the process would have its own copy of it.
 * Collections and literals that the module fills once and never changes are constants.
 */
export function findModuleState(file: string, source: string): ModuleState[] {
  const program = parseSync(file, source).program as unknown as Node & { body: Node[] };
  const mutated = mutatedNames(program);
  const lineOf = (node: Node) => source.slice(0, node.start).split("\n").length;
  return program.body.flatMap((statement) => {
    const declaration =
      (statement.type.startsWith("Export") ? (statement.declaration as Node | null) : statement) ?? statement;
    const at = lineOf(declaration);
    return stateOfStatement(declaration, mutated).map((found) => ({ ...found, line: at }));
  });
}

function stateOfStatement(statement: Node, mutated: ReadonlySet<string>): Omit<ModuleState, "line">[] {
  if (statement.type === "ClassDeclaration") return staticState(statement);
  if (statement.type !== "VariableDeclaration" || statement.declare === true) return [];
  return (statement.declarations as { id: Node; init: Node | null }[]).flatMap(({ id, init }) => {
    const name = typeof id.name === "string" ? id.name : "(pattern)";
    const reason =
      statement.kind === "const"
        ? stateOfValue(init && unwrap(init), mutated.has(name))
        : `is declared with ${statement.kind}`;
    return reason ? [{ name, reason }] : [];
  });
}

function stateOfValue(init: Node | null, isMutated: boolean): string | null {
  if (init?.type === "NewExpression") {
    const name = nameOf(init.callee as Node);
    if (IMMUTABLE_CLASSES.has(name) || name.startsWith("Intl.")) return null;
    if (!COLLECTIONS.has(name)) return `is an instance of ${name}`;
    const isEmpty = (init.arguments as Node[]).length === 0;
    return isEmpty || isMutated || name.startsWith("Weak") ? `is a mutable ${name}` : null;
  }
  if (init?.type === "CallExpression") {
    const name = nameOf(init.callee as Node);
    return FACTORY.test(name) ? `is made by ${name}()` : null;
  }
  return isMutated ? "is changed after its declaration" : null;
}

function staticState(declaration: Node): Omit<ModuleState, "line">[] {
  const members = (declaration.body as { body: Node[] }).body;
  return members
    .filter((member) => member.type === "PropertyDefinition" && member.static === true && member.readonly !== true)
    .map((member) => ({ name: nameOf(member.key as Node), reason: "is a static field that can be changed" }));
}

/** Names whose value is changed somewhere in the module: a mutating method, an assignment to a part, or `delete`. */
function mutatedNames(program: Node): Set<string> {
  const names = new Set<string>();
  const addOwner = (target: unknown) => {
    let node = target as Node;
    if (node?.type !== "MemberExpression") return;
    while (node.type === "MemberExpression") node = unwrap(node.object as Node);
    if (node.type === "Identifier") names.add(node.name as string);
  };
  visit(program, (node) => {
    if (node.type === "AssignmentExpression") addOwner(node.left);
    else if (node.type === "UpdateExpression") addOwner(node.argument);
    else if (node.type === "UnaryExpression" && node.operator === "delete") addOwner(node.argument);
    else if (node.type === "CallExpression") {
      const callee = node.callee as Node;
      const method = callee.type === "MemberExpression" ? nameOf(callee.property as Node) : "";
      if (MUTATING_METHODS.has(method)) addOwner(callee);
      if (nameOf(callee) === "Object.assign")
        addOwner({ type: "MemberExpression", start: 0, object: (node.arguments as Node[])[0] });
    }
  });
  return names;
}

function visit(node: Node, look: (node: Node) => void): void {
  look(node);
  for (const value of Object.values(node)) {
    for (const child of Array.isArray(value) ? value : [value]) {
      if (typeof child === "object" && child !== null && typeof (child as Node).type === "string")
        visit(child as Node, look);
    }
  }
}

/** The value behind `as const`, `satisfies`, `!` and parentheses. */
function unwrap(node: Node): Node {
  return /^(TSAs|TSSatisfies|TSNonNull|Parenthesized|Chain)Expression$/.test(node.type)
    ? unwrap(node.expression as Node)
    : node;
}

function nameOf(node: Node): string {
  if (node.type === "MemberExpression") return `${nameOf(node.object as Node)}.${nameOf(node.property as Node)}`;
  return typeof node.name === "string" ? node.name : "";
}
