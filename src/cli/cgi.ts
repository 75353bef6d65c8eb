// The command `gantry cgi`: runs an application for the one request of a CGI environment. It starts for every request, so it loads only
// what it needs.

import { type Request, readCommandLine } from '../config/command-line.ts'
import { GantryError, exitStatusOf, renderError } from '../errors.ts'
import { bodyBytes } from '../gateways/cgi/cgi-environ.ts'
import { discardInput } from '../gateways/cgi/standard-input.ts'
import { runCgi } from '../server/cgi/run-cgi.ts'
import { readConfiguration } from '../server/configuration.ts'

/** Resolves to the exit status: 0 answered, 1 the application failed or nobody took its answer, 2 for bad options or no CGI environment. */
export async function cgiCommand(argv: readonly string[]): Promise<number> {
  const { stdout } = process
  try {
    const configured = await readConfiguration(ownWords(argv), process.env)
    switch (configured.kind) {
      case 'request':
        if (configured.request === 'check-config')
          return await (await import('./config.ts')).checkConfiguration(ownWords(argv))
        stdout.write(await textFor(configured.request))
        return 0
      case 'problems':
        throw new AggregateError(configured.problems)
      case 'settings':
        return await runCgi(configured)
    }
  } catch (error) {
    process.stderr.write(`${renderError(error)}\n`)
    // Without a page a web server would say that the script is broken, and nobody would look for the reason above.
    if (process.env['REQUEST_METHOD']) {
      stdout.write(ERROR_PAGE)
      discardInput(0, bodyBytes(process.env))
    }
    return exitStatusOf(error)
  }
}

/**
 * The words up to the application. Behind it the system puts the path of the script whose first line names this command, and web servers
 * the words of a query (RFC 3875 §4.4): those come from the client, and must never be flags.
 */
function ownWords(argv: readonly string[]): readonly string[] {
  const counts = Array.from(argv.slice(0, MAX_WORDS), (_, index) => index + 1)
  const count = counts.find((each) => readCommandLine(argv.slice(0, each)).positionals.length > 0)
  if (count === undefined) return argv
  const { [count - 1]: application, [count]: behind = '' } = argv
  // Where the script itself is the application, what follows is the client's.
  if (behind.startsWith('-') && application !== process.env['SCRIPT_FILENAME'])
    throw new GantryError('GANTRY_COMMAND_BAD', {
      command: 'cgi',
      problem: `${JSON.stringify(behind)} stands behind the application; options come before it`,
    })
  return argv.slice(0, count)
}

// More than the first line of a script can hold.
const MAX_WORDS = 256
const ERROR_PAGE =
  'Status: 500 Internal Server Error\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: 26\r\n\r\n500 Internal Server Error\n'

async function textFor(request: Request): Promise<string> {
  if (request === 'version') return (await import('./asked-text.ts')).askedText('version')
  const { cgiHelpText } = await import('../config/help.ts')
  return cgiHelpText()
}
