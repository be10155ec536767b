// Compiles a program of the SDK's README.

import ts from "typescript";

/**
 * The README decorates functions: `@worker({...}) async function greet() {}`.
 * TypeScript parses that and drops the decorator, for JavaScript knows
 * decorators of classes and their members only. Here it does what the README
 * says: the function is replaced by what the decorator makes of it.
 */
function decorateFunctions(context) {
  const { factory } = context;
  const applied = (declaration, decorator) =>
    factory.createExpressionStatement(
      factory.createAssignment(
        declaration.name,
        factory.createCallExpression(decorator.expression, undefined, [declaration.name]),
      ),
    );
  return (file) =>
    factory.updateSourceFile(
      file,
      file.statements.flatMap((statement) => {
        if (!ts.isFunctionDeclaration(statement)) return [statement];
        const decorators = (statement.modifiers ?? []).filter(ts.isDecorator);
        return [statement, ...decorators.reverse().map((decorator) => applied(statement, decorator))];
      }),
    );
}

/** The program as a module of JavaScript. Throws what the compiler objects to. */
export function compiled(program) {
  const { outputText, diagnostics } = ts.transpileModule(program, {
    reportDiagnostics: true,
    compilerOptions: { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2022 },
    transformers: { before: [decorateFunctions] },
  });
  if (diagnostics.length > 0)
    throw new Error(ts.formatDiagnostics(diagnostics, ts.createCompilerHost({})));
  return outputText;
}
