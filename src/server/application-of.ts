// The application of a configuration, with its middleware in front.

import { lint } from '../lint/lint.ts'
import { asApplication } from '../wsgi/as-application.ts'
import { compose } from '../wsgi/application-parts.ts'
import type { Application } from '../wsgi/application.ts'
import type { Configuration } from './configuration.ts'
import { loadApplication } from './load-application.ts'
import { type PythonHost, PythonProcess, type PythonSummary } from './python-process.ts'

/** An application, and how the banner names it. */
export interface DescribedApplication {
  readonly application: Application
  readonly describe: () => { readonly description: string; readonly python?: PythonSummary }
}

/** Rejects with a GantryError when it cannot be loaded; a Python one is not started yet. */
export async function applicationOf(
  configuration: Configuration,
  openHost: () => PythonHost,
): Promise<DescribedApplication> {
  const { middleware } = configuration
  const { application, describe } = await innermost(configuration, openHost)
  // A Python one is looked at where it runs.
  const looksHere = configuration.settings.lint && configuration.isScript
  return { application: compose(...middleware)(looksHere ? lint(application) : application), describe }
}

async function innermost(
  { settings, application, isScript }: Configuration,
  openHost: () => PythonHost,
): Promise<DescribedApplication> {
  if (application !== undefined) {
    const own = asApplication(application)
    return { application: own, describe: () => ({ description: own.name || 'of the configuration file' }) }
  }
  if (isScript) {
    const { application: loaded, description } = await loadApplication(settings.application, settings.chdir)
    return { application: loaded, describe: () => ({ description }) }
  }
  const python = new PythonProcess(settings, openHost)
  return {
    application: python.application,
    describe: () => ({ description: python.summary.application, python: python.summary }),
  }
}
