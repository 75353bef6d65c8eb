// Processes that do not become ready, or do not stay: workers, the template, fronts.

import { spawn } from 'node:child_process'
import { ApplicationHandler } from '../../../src/applications/application-handler.ts'
import { resolve } from '../../../src/config/resolve.ts'
import { pythonApplication } from '../../../src/index.ts'
import { askHealth } from '../../../src/server/health-question.ts'
import { Observation } from '../../../src/server/observation.ts'
import { openSpool } from '../../../src/server/open-spool.ts'
import { type PythonApplicationOptions } from '../../../src/server/python-application.ts'
import { pythonSettings } from '../../../src/server/options-in-code.ts'
import { PythonProcess } from '../../../src/server/python-process.ts'
import { applicationReports } from '../../../src/server/reports.ts'
import { FrontProcess } from '../../../src/server/supervisor/front-process.ts'
import { StartFailure } from '../../../src/server/supervisor/start-failure.ts'
import { testClient } from '../../../src/testing/index.ts'
import type { ScriptFiles } from '../../adapters/cgi/script-files.ts'
import { recordedLog } from '../../harness/recorded-log.ts'
import { until } from '../../harness/until.ts'
import type { Provocation, Provocations } from '../provocation.ts'

const DEADLINE_MS = 10_000
const APPLICATION = 'def application(environ, start_response):'
const STREAMS = [APPLICATION, '    start_response("200 OK", [])', '    yield b"begun"']
const ANSWERS_500 = [APPLICATION, '    start_response("500 Internal Server Error", [])', '    return []']

const optionsIn = (place: ScriptFiles, more: PythonApplicationOptions): PythonApplicationOptions => ({
  // Not that of a virtual environment which happens to be active.
  python: 'python3',
  chdir: place.path,
  workers: 1,
  threads: 1,
  env: ['PYTHONDONTWRITEBYTECODE=1'],
  ...more,
})

/** Started with these lines as `shop.py`. */
const boot =
  (lines: readonly string[], more: PythonApplicationOptions = {}): Provocation =>
  async (place) => {
    place.file('shop.py', lines)
    await using application = pythonApplication('shop', optionsIn(place, more))
    await application.ready()
  }

/** The log of an application while something is done to it, as soon as it tells of `code`. */
async function logOf(
  place: ScriptFiles,
  options: PythonApplicationOptions,
  code: string,
  act: (python: PythonProcess) => Promise<string> | undefined,
): Promise<string> {
  const log = recordedLog()
  const settings = pythonSettings(
    { source: 'pythonApplication()', options: optionsIn(place, options) },
    'shop',
  )
  const spool = openSpool(settings)
  const share = { index: 0, count: 1 }
  const python = new PythonProcess(settings, () => ({
    observation: new Observation(settings, log),
    spool,
    share,
  }))
  const told = (): string | undefined => log.lines.find((line) => line.includes(code))
  try {
    await python.start()
    const outcome = await act(python)
    await until(
      () => told() !== undefined,
      DEADLINE_MS,
      () => log.lines.join('\n'),
    )
    return `${told()}${outcome === undefined ? '' : `\n${outcome}`}`
  } finally {
    await python.stop(0)
    spool.remove()
  }
}

/** How a request is answered, or that its answer was cut. */
const answerTo =
  (path: string) =>
  async ({ application }: PythonProcess): Promise<string> => {
    try {
      const { status } = await testClient(application, { passthroughErrors: false }).get(path)
      return `answered ${status}`
    } catch {
      return 'the answer was cut'
    }
  }

/** A front that runs this script, and is given so long to be ready. */
async function front(script: string, bootTimeoutMs: number): Promise<string> {
  const child = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'ignore', 'ignore', 'ipc'] })
  const start = {
    type: 'start',
    share: { index: 0, count: 1 },
    sockets: [],
    healthSockets: [],
    listensFirst: true,
  } as const
  const made = new FrontProcess(1, child, start, { bootTimeoutMs, unansweredMs: 0 })
  const failure: unknown = await made.ready.catch((error: unknown) => error)
  await made.ended
  if (!(failure instanceof StartFailure)) throw new Error('it is ready')
  return `${failure.text}\nexit status ${failure.exitStatus}`
}

export const PROCESSES: Provocations = {
  GANTRY_PYTHON_NOT_RUN: {
    'its own interpreter is gone': (place) => {
      const python = place.file('python', ['#!/nowhere/at/all'])
      return boot([], { python })(place)
    },
  },
  GANTRY_PYTHON_TOO_OLD: {
    // As a worker of an old interpreter says so.
    '3.6': (place) =>
      boot([], { python: place.shell('python3.6', 'echo python-too-old 3.6.9', 'exit 3') })(place),
  },
  GANTRY_WORKER_EXITED_EARLY: {
    'it ends itself': boot(['import os', 'os._exit(3)']),
    'it crashes': boot(['import os, signal', 'os.kill(os.getpid(), signal.SIGSEGV)']),
  },
  GANTRY_WORKER_BOOT_TIMEOUT: {
    'it sleeps': boot(['import time', 'time.sleep(60)'], { bootTimeout: '300ms' }),
  },
  GANTRY_WORKER_UNHEALTHY: { 'it answers 500': boot(ANSWERS_500, { healthPath: '/up' }) },
  GANTRY_FORK_FAILED: {
    'the system refuses': boot(
      [
        'import os',
        'def refused():',
        '    raise OSError(11, "Resource temporarily unavailable")',
        'os.fork = refused',
        ...ANSWERS_500,
      ],
      { preload: true },
    ),
  },
  GANTRY_TEMPLATE_ENDED: {
    'it is killed': (place) => {
      place.file('shop.py', ANSWERS_500)
      return logOf(place, { preload: true }, 'TEMPLATE_ENDED', (python) => {
        process.kill(python.status!.template!.pid, 'SIGKILL')
        return undefined
      })
    },
  },
  GANTRY_WORKER_CRASHED: {
    'in the middle of a request': (place) => {
      place.file('shop.py', ['import os', APPLICATION, '    os._exit(3)'])
      return logOf(place, {}, 'WORKER_CRASHED', answerTo('/order'))
    },
  },
  GANTRY_REQUEST_TIMEOUT: {
    'the application sleeps': (place) => {
      place.file('shop.py', ['import time', APPLICATION, '    time.sleep(60)'])
      return logOf(place, { requestTimeout: '200ms' }, 'REQUEST_TIMEOUT', answerTo('/report'))
    },
  },
  GANTRY_RESPONSE_IDLE_TIMEOUT: {
    'the application sends no more': (place) => {
      place.file('shop.py', ['import time', ...STREAMS, '    time.sleep(60)'])
      return logOf(place, { responseIdleTimeout: '200ms' }, 'RESPONSE_IDLE_TIMEOUT', answerTo('/export'))
    },
  },
  GANTRY_FRONT_EXITED_EARLY: { 'it ends itself': () => front('process.exit(7)', DEADLINE_MS) },
  GANTRY_FRONT_BOOT_TIMEOUT: { 'it waits': () => front('setTimeout(() => undefined, 60_000)', 300) },
  GANTRY_FRONT_UNHEALTHY: {
    'it answers 503': () => {
      const resolution = resolve({ argv: ['./shop.ts', '--health-path', '/up'], env: {} })
      if (resolution.kind !== 'settings') throw new Error('it is no configuration')
      const { settings } = resolution
      const log = recordedLog()
      const handler = new ApplicationHandler(
        (_environ, startResponse) => {
          startResponse('503 Service Unavailable', [])
          return []
        },
        applicationReports(new Observation(settings, log)),
        { requestTimeoutMs: 0, responseIdleTimeoutMs: 0, routes: [] },
        { isMultiprocess: false },
      )
      return askHealth(handler, settings)
    },
  },
}
