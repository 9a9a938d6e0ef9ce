import {
  isArrowFunction,
  isBlock,
  isCallExpression,
  isClassDeclaration,
  isConstructorDeclaration,
  isExportAssignment,
  isExportDeclaration,
  isFunctionDeclaration,
  isFunctionExpression,
  isGetAccessorDeclaration,
  isIdentifier,
  isImportDeclaration,
  isImportTypeNode,
  isLiteralTypeNode,
  isMethodDeclaration,
  isNamedExports,
  isPrivateIdentifier,
  isSetAccessorDeclaration,
  isStringLiteral,
  isVariableDeclaration,
  isVariableStatement,
  SyntaxKind,
  type Node,
  type SourceFile,
} from "typescript/unstable/ast";
import type { ExportFact, FunctionFact, ImportFact, ModuleFacts } from "./module-facts.ts";

/** One walk over the syntax tree of a file. */
export function readFacts(path: string, file: SourceFile, syntaxErrors: readonly string[]): ModuleFacts {
  const imports: ImportFact[] = [];
  const functions: FunctionFact[] = [];
  const anyLines: number[] = [];
  const enumLines: number[] = [];
  const visit = (node: Node): void => {
    const imported = readImport(node, file);
    if (imported) imports.push(imported);
    const read = readFunction(node, file);
    if (read) functions.push(read);
    if (node.kind === SyntaxKind.AnyKeyword) anyLines.push(lineOf(node, file));
    if (node.kind === SyntaxKind.EnumDeclaration) enumLines.push(lineOf(node, file));
    node.forEachChild(visit);
  };
  file.forEachChild(visit);
  return {
    path,
    lines: file.text.replace(/\n$/, "").split("\n").length,
    text: file.text,
    imports,
    exports: file.statements.flatMap((statement) => readExports(statement, file)),
    functions,
    anyLines,
    enumLines,
    syntaxErrors,
  };
}

function lineOf(node: Node, file: SourceFile): number {
  return file.getLineAndCharacterOfPosition(node.getStart(file)).line + 1;
}

function readImport(node: Node, file: SourceFile): ImportFact | undefined {
  const line = lineOf(node, file);
  if (isImportDeclaration(node) && isStringLiteral(node.moduleSpecifier)) {
    const typeOnly = node.importClause?.phaseModifier === SyntaxKind.TypeKeyword;
    return { specifier: node.moduleSpecifier.text, line, dynamic: false, typeOnly, reexport: false };
  }
  if (isExportDeclaration(node) && node.moduleSpecifier && isStringLiteral(node.moduleSpecifier)) {
    const typeOnly = node.isTypeOnly;
    return { specifier: node.moduleSpecifier.text, line, dynamic: false, typeOnly, reexport: true };
  }
  if (isImportTypeNode(node) && isLiteralTypeNode(node.argument) && isStringLiteral(node.argument.literal)) {
    return {
      specifier: node.argument.literal.text,
      line,
      dynamic: false,
      typeOnly: true,
      reexport: false,
    };
  }
  if (isCallExpression(node) && node.expression.kind === SyntaxKind.ImportKeyword) {
    const [argument] = node.arguments;
    // A computed specifier could reach anything, so it is reported as what it is and no rule allows it.
    const specifier = argument && isStringLiteral(argument) ? argument.text : "(computed)";
    return { specifier, line, dynamic: true, typeOnly: false, reexport: false };
  }
  return undefined;
}

function isExported(node: Node): boolean {
  return modifiersOf(node).includes(SyntaxKind.ExportKeyword);
}

function modifiersOf(node: Node): readonly SyntaxKind[] {
  if (!("modifiers" in node) || !Array.isArray(node.modifiers)) return [];
  return (node.modifiers as readonly Node[]).map(({ kind }) => kind);
}

function readExports(statement: Node, file: SourceFile): readonly ExportFact[] {
  const line = lineOf(statement, file);
  if (isExportAssignment(statement)) return [{ name: "default", line }];
  if (isExportDeclaration(statement)) {
    if (!statement.exportClause || !isNamedExports(statement.exportClause)) return [{ name: "*", line }];
    return statement.exportClause.elements.map(({ name }) => ({ name: name.text, line }));
  }
  if (!isExported(statement)) return [];
  if (modifiersOf(statement).includes(SyntaxKind.DefaultKeyword)) return [{ name: "default", line }];
  if (isVariableStatement(statement)) {
    return statement.declarationList.declarations.map(({ name }) => ({ name: name.getText(file), line }));
  }
  return [{ name: nameOf(statement, file), line }];
}

function nameOf(node: Node, file: SourceFile): string {
  return "name" in node && node.name ? (node.name as Node).getText(file) : "(anonymous)";
}

function readFunction(node: Node, file: SourceFile): FunctionFact | undefined {
  const isFunction =
    isFunctionDeclaration(node) ||
    isMethodDeclaration(node) ||
    isConstructorDeclaration(node) ||
    isGetAccessorDeclaration(node) ||
    isSetAccessorDeclaration(node) ||
    isFunctionExpression(node) ||
    isArrowFunction(node);
  if (!isFunction || !node.body) return undefined;
  const first = lineOf(node, file);
  const last = file.getLineAndCharacterOfPosition(node.getEnd()).line + 1;
  return {
    name: isConstructorDeclaration(node) ? "constructor" : functionName(node, file),
    line: first,
    // A one-expression arrow is part of its statement, not a function to be kept short.
    lines: isBlock(node.body) ? last - first + 1 : 1,
    parameters: node.parameters.filter(({ name }) => !(isIdentifier(name) && name.text === "this")).length,
    exported: isReachable(node),
  };
}

function functionName(node: Node, file: SourceFile): string {
  const named = isVariableDeclaration(node.parent) ? node.parent : node;
  return nameOf(named, file);
}

function isReachable(node: Node): boolean {
  if (isFunctionDeclaration(node)) return isExported(node);
  if (isMethodDeclaration(node)) {
    const hidden = isPrivateIdentifier(node.name) || modifiersOf(node).includes(SyntaxKind.PrivateKeyword);
    return !hidden && isClassDeclaration(node.parent) && isExported(node.parent);
  }
  if (!isVariableDeclaration(node.parent)) return false;
  const statement = node.parent.parent.parent;
  return isVariableStatement(statement) && isExported(statement);
}
