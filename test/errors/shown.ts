// What a user sees of an error, without what differs from run to run and from machine to machine.

import { type ErrorCode, ERRORS, GantryError, exitStatusOf, renderError } from '../../src/errors.ts'

/** The codes of an error and what is shown of it, or of a text that has one. */
export function shownOf(
  outcome: unknown,
  code: ErrorCode,
): { readonly codes: Set<string>; readonly text: string } {
  if (typeof outcome === 'string')
    return { codes: new Set(outcome.match(/\bGANTRY(_[A-Z]+){2,}\b/g)), text: outcome.trimEnd() }
  const errors: readonly unknown[] = outcome instanceof AggregateError ? outcome.errors : [outcome]
  const codes = errors.map((each) => (each instanceof GantryError ? each.code : String(each)))
  return { codes: new Set(codes), text: `${renderError(outcome)}\n${outcomeText(outcome, code)}` }
}

function outcomeText(error: unknown, code: ErrorCode): string {
  const { status } = ERRORS[code] as { readonly status?: number }
  return status === undefined ? `exit status ${exitStatusOf(error)}` : `answered ${status}`
}

// Frames of Node's own and of the runner of tests, and marks under a line of Python's, which not every version draws.
const FRAMES_OF_WORKER = /^ *File "\/opt\/gantry\/python\/.*\n( {4,}\S.*\n)?/gm
const VARYING_LINES = /^ *(at .*(node:|node_modules\/vite).*|[~^ ]+)\n/gm

export function withoutChance(text: string, directory: string): string {
  return text
    .replaceAll(directory, '/srv/shop')
    .replaceAll(process.cwd(), '/opt/gantry')
    .replaceAll(/ \(\S*node (--|\S*vitest).*\)$/gm, ' (node …)')
    .replaceAll(/(, \/[^,\n]*\/(site|dist)-packages)+/g, ', <site-packages>')
    .replaceAll(/\/[^ ]*\/bin\/python3[.\d]*/g, '/usr/bin/python3')
    .replaceAll(process.execPath, '/usr/bin/node')
    .replace(VARYING_LINES, '')
    .replace(FRAMES_OF_WORKER, '')
    .replaceAll(/\d+\.\d s old/g, 'N s old')
    .replaceAll(/\b(pid|process|worker|front|template|PID|descriptor) \d+/g, '$1 <number>')
    .replaceAll(/(127\.0\.0\.1|localhost):\d{5}/g, '$1:<port>')
}
