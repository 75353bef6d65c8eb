// A request handed to a script of either kind: what cannot be handed over is refused, a place is waited for, and the answer is the
// script's, or that of the path which it names instead.

import { GantryError } from '../../errors.ts'
import type { ApplicationResult, StartResponse } from '../../wsgi/application.ts'
import type { Environ } from '../../wsgi/environ.ts'
import { errorAnswer } from '../../wsgi/error-answer.ts'
import { bodyBytes } from './body-bytes.ts'
import { answerOfSite } from './local-redirect.ts'
import { holdsNul, type MetaVariables, metaVariables } from './meta-variables.ts'
import type { Places } from './places.ts'
import { ScriptExchange } from './script-exchange.ts'
import { scriptFailure } from './script-failure.ts'
import type { ScriptSettings } from './script-options.ts'
import type { ScriptRun } from './script-run.ts'

/** Scripts of one kind. */
export interface Scripts {
  readonly settings: ScriptSettings
  readonly places: Places
  readonly passesAuthorization: boolean
}

/** Starts to work for the request that `variables` tell of. Rejects with a GantryError where that cannot be. */
export type StartRun = (environ: Environ, variables: MetaVariables) => Promise<ScriptRun> | ScriptRun

/** Answers with what a script says. `added`: what the kind of script is told of this request besides; the user's variables have the last word. */
export async function scriptAnswer(
  scripts: Scripts,
  environ: Environ,
  startResponse: StartResponse,
  added: MetaVariables,
  start: StartRun,
): Promise<ApplicationResult> {
  const { settings, passesAuthorization } = scripts
  const length = bodyBytes(environ)
  if (length === 'unknown')
    return errorAnswer(startResponse, 411, { reason: 'A script has to be told the length of the body.' })
  const request = metaVariables(environ, { authorization: passesAuthorization, bodyBytes: length })
  const variables = { ...request, ...added, ...settings.variables }
  if (holdsNul(variables)) return errorAnswer(startResponse, 400)
  try {
    const run = await startInPlace(scripts, environ, variables, start)
    const exchange = new ScriptExchange(environ, run, settings.timeoutMs)
    const answer = await exchange.answer(startResponse, length)
    return 'type' in answer
      ? await redirect(run.name, settings, answer.target, environ, startResponse)
      : answer
  } catch (error) {
    throw scriptFailure(environ, error)
  }
}

async function startInPlace(
  { places }: Scripts,
  environ: Environ,
  variables: MetaVariables,
  start: StartRun,
): Promise<ScriptRun> {
  const leave = await places.take(environ['gantry.request'])
  try {
    const run = await start(environ, variables)
    void run.whenOver.then(leave)
    return run
  } catch (error) {
    leave()
    throw error
  }
}

async function redirect(
  name: string,
  { site }: ScriptSettings,
  target: string,
  environ: Environ,
  startResponse: StartResponse,
): Promise<ApplicationResult> {
  if (site === undefined) {
    startResponse('302 Found', [['Location', target]])
    return []
  }
  const answer = answerOfSite(site, target, environ, startResponse)
  if (answer !== undefined) return await answer
  const problem = 'leads to a script that leads to it again'
  throw new GantryError('GANTRY_UPSTREAM_ANSWER_BAD', { upstream: name, problem })
}
