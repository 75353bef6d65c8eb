// What the compiler says of files that use the package as its users do: `gantry/…` is what stands in src/.

import { relative } from 'node:path'
import ts from 'typescript'
import { REPOSITORY } from './gantry-process.ts'

/** The compiler's messages, `file:line message` each. Settings are those of tsconfig.examples.json. */
export function typeProblems(files: readonly string[]): readonly string[] {
  const settings = ts.getParsedCommandLineOfConfigFile(`${REPOSITORY}tsconfig.examples.json`, undefined, {
    ...ts.sys,
    onUnRecoverableConfigFileDiagnostic: (problem) => {
      throw new Error(messageOf(problem))
    },
  })
  const program = ts.createProgram([...files], settings?.options ?? {})
  const sources = files.map((file) => program.getSourceFile(file))
  const problems = sources.flatMap((source) => [
    ...program.getSyntacticDiagnostics(source),
    ...program.getSemanticDiagnostics(source),
  ])
  return [...program.getConfigFileParsingDiagnostics(), ...program.getOptionsDiagnostics(), ...problems].map(
    messageOf,
  )
}

function messageOf({ file, start = 0, messageText }: ts.Diagnostic): string {
  const text = ts.flattenDiagnosticMessageText(messageText, '\n')
  if (file === undefined) return text
  const { line } = file.getLineAndCharacterOfPosition(start)
  return `${relative(REPOSITORY, file.fileName)}:${line + 1} ${text}`
}
