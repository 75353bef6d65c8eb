// What the supervisor has to know of a configuration. It can be sent from one process to another, as the file that may be behind it
// is read in a process of its own: its code is run anew for each generation, and never in the supervisor.

import { mountsOf } from '../../config/mounts-of.ts'
import { routesOf } from '../../config/routes-of.ts'
import type { Settings } from '../../config/resolve.ts'
import { type Configuration, frontCount } from '../configuration.ts'

export interface SupervisedSettings
  extends Pick<
    Settings,
    | 'application'
    | 'bind'
    | 'healthBind'
    | 'bootTimeoutMs'
    | 'requestTimeoutMs'
    | 'interruptGraceMs'
    | 'shutdownTimeoutMs'
    | 'lameDuckMs'
    | 'reload'
    | 'reloadOn'
    | 'chdir'
    | 'pythonpath'
    | 'controlSocket'
    | 'pidFile'
    | 'user'
    | 'group'
    | 'umask'
    | 'errorLog'
    | 'logLevel'
    | 'logFormat'
    | 'accessLog'
    | 'origins'
  > {
  readonly frontCount: number
  /** Whether the fronts run the application themselves. */
  readonly isScript: boolean
}

export function supervisedSettings(configuration: Configuration): SupervisedSettings {
  const { settings, isScript } = configuration
  const applications = mountsOf(settings).map((each) => each.settings)
  return {
    application: applications.map(({ application }) => application).join(', '),
    bind: settings.bind,
    healthBind: settings.healthBind,
    bootTimeoutMs: Math.max(...applications.map(({ bootTimeoutMs }) => bootTimeoutMs)),
    requestTimeoutMs: longest([
      ...applications.map(({ requestTimeoutMs }) => requestTimeoutMs),
      ...routesOf(settings).flatMap((route) => route.settings.requestTimeoutMs ?? []),
    ]),
    interruptGraceMs: settings.interruptGraceMs,
    shutdownTimeoutMs: settings.shutdownTimeoutMs,
    lameDuckMs: settings.lameDuckMs,
    reload: settings.reload,
    reloadOn: settings.reloadOn,
    chdir: settings.chdir,
    pythonpath: settings.pythonpath,
    controlSocket: settings.controlSocket,
    pidFile: settings.pidFile,
    user: settings.user,
    group: settings.group,
    umask: settings.umask,
    errorLog: settings.errorLog,
    logLevel: settings.logLevel,
    logFormat: settings.logFormat,
    accessLog: settings.accessLog,
    origins: settings.origins,
    frontCount: frontCount(configuration).count,
    isScript,
  }
}

/** 0 where one of them is no limit. */
const longest = (times: readonly number[]): number => (times.includes(0) ? 0 : Math.max(...times))
