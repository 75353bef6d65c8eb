// The application of a configuration, or several that are mounted under one, with the middleware in front.

import { type MountedApplication, mountsOf } from '../config/mounts-of.ts'
import type { Settings } from '../config/resolve.ts'
import { lint } from '../lint/lint.ts'
import { mount } from '../middleware/mount.ts'
import { compose } from '../wsgi/application-parts.ts'
import type { Application } from '../wsgi/application.ts'
import { asApplication } from '../wsgi/as-application.ts'
import { type Configuration, isOwnApplication } from './configuration.ts'
import { loadApplication } from './load-application.ts'
import { type PythonHost, PythonProcess } from './python-process.ts'
import { isScript } from './script-specification.ts'
import type { ApplicationSummary, ServerSummary } from './server-summary.ts'
import { withSharedWorkers } from './shared-workers.ts'

/** An application, and how the banner names it. */
export interface DescribedApplication {
  readonly application: Application
  readonly describe: () => Pick<ServerSummary, 'application' | 'python' | 'mounts'>
}

/** Rejects with a GantryError when it cannot be loaded; Python ones are not started yet. */
export async function applicationOf(
  configuration: Configuration,
  openHost: () => PythonHost,
): Promise<DescribedApplication> {
  const places = mountsOf(configuration.settings)
  const inner =
    configuration.settings.mounts.length === 0
      ? await applicationAt(places[0]!, configuration, openHost)
      : await mounted(places, configuration, openHost)
  return { application: compose(...configuration.middleware)(inner.application), describe: inner.describe }
}

async function mounted(
  places: readonly MountedApplication[],
  configuration: Configuration,
  openHost: () => PythonHost,
): Promise<DescribedApplication> {
  const found = await Promise.all(
    withSharedWorkers(places).map(async (place) => ({
      ...place,
      ...(await applicationAt(place, configuration, openHost)),
    })),
  )
  return {
    application: mount(found),
    describe: () => {
      const mounts = found.map(({ host, path, describe }) => ({ at: `${host}${path}`, ...describe() }))
      return { application: mounts.map(({ at, application }) => `${at} ${application}`).join(', '), mounts }
    },
  }
}

async function applicationAt(
  { settings, path }: MountedApplication,
  { application: own }: Configuration,
  openHost: () => PythonHost,
): Promise<{ readonly application: Application; readonly describe: () => ApplicationSummary }> {
  if (own !== undefined && isOwnApplication(settings)) {
    const application = asApplication(own)
    return {
      application: lintedIf(settings, application),
      describe: () => ({ application: application.name || 'of the configuration file' }),
    }
  }
  if (isScript(settings.application)) {
    const { application, description } = await loadApplication(settings.application, settings.chdir)
    return {
      application: lintedIf(settings, application),
      describe: () => ({ application: description }),
    }
  }
  const scriptName = `${settings.scriptName}${path === '/' ? '' : path}`
  const python = new PythonProcess({ ...settings, scriptName }, openHost)
  return {
    application: python.application,
    describe: () => ({ application: python.summary.application, python: python.summary }),
  }
}

// A Python one is looked at where it runs.
const lintedIf = (settings: Settings, application: Application): Application =>
  settings.lint ? lint(application) : application
