// `gantry --version --verbose`: what a bug report needs.

import { bugReport } from '../server/bug-report.ts'
import { readConfiguration } from '../server/configuration.ts'

const OWN_FLAGS = ['--version', '-V', '--verbose']

/** Resolves to the exit status. The rest of the command line is looked at as `gantry serve` would. */
export async function verboseVersionCommand(argv: readonly string[]): Promise<number> {
  const rest = argv.filter((word) => !OWN_FLAGS.includes(word))
  process.stdout.write(bugReport(await readConfiguration(rest, process.env)))
  return 0
}
