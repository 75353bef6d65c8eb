// An application for the one request of a CGI environment: what can be served there, and who serves it.

import { OPTION_LIST } from '../../config/options.ts'
import { GantryError } from '../../errors.ts'
import { cgiStrings } from '../../gateways/cgi/cgi-environ.ts'
import { bytesOf } from '../../wsgi/byte-string.ts'
import { type Configuration, isOwnApplication } from '../configuration.ts'
import { isScript } from '../script-specification.ts'
import { environmentBytes } from './environment-bytes.ts'

/** Resolves to the exit status. Rejects with a GantryError, or an AggregateError of them, before anything of an answer was sent. */
export async function runCgi(configuration: Configuration): Promise<number> {
  checkFlags(configuration)
  const { settings } = configuration
  if (settings.application === '')
    throw new GantryError('GANTRY_APPLICATION_MISSING', { variable: 'GANTRY_APP' })
  const environment = environmentBytes()
  // Both for the application's own requests and for what it starts: a header must not be taken for a setting ("httpoxy").
  delete process.env['HTTP_PROXY']
  if (!process.env['REQUEST_METHOD']) throw new GantryError('GANTRY_CGI_ENVIRONMENT', {})
  if (isOwnApplication(settings) || isScript(settings.application)) {
    const { runScript } = await import('./run-script.ts')
    return await runScript(configuration, cgiStrings(environment, scriptNameOf(configuration)))
  }
  checkMiddleware(configuration)
  const { startPython } = await import('./start-python.ts')
  return await startPython(settings, environment)
}

/** A variable or a configuration file may be meant for a server too; a flag is meant for this run. */
function checkFlags({ settings: { origins } }: Configuration): void {
  const problems = OPTION_LIST.filter(
    ({ name, option }) => option.group !== 'Application' && origins[name].startsWith('flag '),
  ).map(
    ({ flag = '' }) =>
      new GantryError('GANTRY_OPTION_NOT_HERE', { name: flag, taker: 'gantry cgi', place: 'gantry serve' }),
  )
  if (problems.length > 0) throw new AggregateError(problems)
}

/** It runs here, and a Python application elsewhere, without anything between the two. */
function checkMiddleware({ middleware, settings }: Configuration): void {
  if (middleware.length > 0)
    throw new GantryError('GANTRY_CGI_MIDDLEWARE', { application: settings.application })
}

function scriptNameOf({ settings: { scriptName, origins } }: Configuration): string | undefined {
  return origins.scriptName === 'default' ? undefined : bytesOf(decodeURIComponent(scriptName))
}
