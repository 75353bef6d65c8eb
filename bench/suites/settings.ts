// The settings that suites share. Suites that follow one another with the same one are measured on the same running
// servers.
import { DJANGO, FLASK, PLAIN, PYRAMID } from '../servers/application.ts'
import type { Setting } from '../servers/server-entry.ts'

export const ONE_CORE: Setting = { application: PLAIN, workers: 1, threads: 4, cores: 'one' }

/** For applications that wait most of the time. */
export const MANY_THREADS: Setting = { ...ONE_CORE, threads: 64 }

export const FLASK_PAGES: Setting = { ...ONE_CORE, application: FLASK }
export const DJANGO_PAGES: Setting = { ...ONE_CORE, application: DJANGO }
export const PYRAMID_PAGES: Setting = { ...ONE_CORE, application: PYRAMID }

export const TLS: Setting = { ...ONE_CORE, isTls: true }

export const COLD: Setting = { ...DJANGO_PAGES, workers: 2, isPreloading: false }
export const PRELOADED: Setting = { ...COLD, isPreloading: true }

export const ALL_CORES_ONE_WORKER: Setting = { ...ONE_CORE, cores: 'all' }
export const ALL_CORES_TWO_WORKERS: Setting = { ...ALL_CORES_ONE_WORKER, workers: 2 }
