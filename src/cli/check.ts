// The command `gantry check`: what breaks PEP 3333, on standard output; status 1 if anything does.

import { exitStatusOf, renderError } from '../errors.ts'
import { check } from '../server/check.ts'
import { readConfiguration } from '../server/configuration.ts'
import { askedText } from './asked-text.ts'
import { checkConfiguration } from './config.ts'

/** Resolves to the exit status: 0 without a violation, 1 with one or when the application cannot be started, 2 for bad options. */
export async function checkCommand(argv: readonly string[]): Promise<number> {
  try {
    const configured = await readConfiguration(argv, process.env)
    switch (configured.kind) {
      case 'request':
        if (configured.request === 'check-config') return await checkConfiguration(argv)
        process.stdout.write(askedText(configured.request))
        return 0
      case 'problems':
        throw new AggregateError(configured.problems)
      case 'settings': {
        const { report, violations } = await check(configured)
        process.stdout.write(report)
        return violations === 0 ? 0 : 1
      }
    }
  } catch (error) {
    process.stderr.write(`${renderError(error)}\n`)
    return exitStatusOf(error)
  }
}
