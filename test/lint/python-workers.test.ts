// A worker that is told to lint says what it finds through the log of its link, in words that the front reads back. The frameworks'
// examples are clean.

import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { checkApplication } from '../../src/lint/check-application.ts'
import { type Finding, parseFinding } from '../../src/lint/finding.ts'
import { Findings } from '../../src/lint/report.ts'
import { answerThrough } from '../../src/workers/environ-exchange.ts'
import { type PoolReports, WorkerPool } from '../../src/workers/pool.ts'
import { SILENT_REPORTS } from '../workers/pool-reports.ts'
import { POOL_SETTINGS } from '../workers/pool-settings.ts'
import type { Application } from '../../src/wsgi/application.ts'
import { BodyInput } from '../../src/wsgi/input-stream.ts'
import { makeDjangoDatabase } from '../frameworks/django-database.ts'
import { FIXTURES, FIXTURE_ENVIRONMENT } from '../harness/fixtures.ts'
import { REPOSITORY } from '../harness/gantry-process.ts'
import { TemporaryDirectory } from '../harness/temporary-directory.ts'
import { findTestPython } from '../harness/test-python.ts'

interface Served {
  readonly chdir: string
  readonly application: string
  readonly lint?: boolean
  readonly environment?: Readonly<Record<string, string>>
}

const testPython = await findTestPython()
const directory = new TemporaryDirectory()
afterAll(() => directory[Symbol.dispose]())

/** Sends an application of one worker the requests of the check; returns what is found, and what else is logged. */
async function check({ chdir, application, lint = true, environment = {} }: Served): Promise<Checked> {
  const findings = new Findings()
  const log: string[] = []
  const pool = new WorkerPool(
    {
      ...POOL_SETTINGS,
      application,
      python: testPython.python,
      startDirectory: chdir,
      chdir,
      environment: { ...process.env, ...FIXTURE_ENVIRONMENT, ...environment },
      lint,
    },
    reportsTo(findings, log),
  )
  try {
    await pool.start()
    await checkApplication(inFrontOf(pool), findings)
    return { findings: findings.all, log }
  } finally {
    await pool.stop(1_000)
  }
}

interface Checked {
  readonly findings: readonly Finding[]
  readonly log: readonly string[]
}

const inFrontOf =
  (pool: WorkerPool): Application =>
  (environ, startResponse) => {
    const input = environ['wsgi.input']
    const body = input instanceof BodyInput ? input.wholeBody : undefined
    return answerThrough(pool, environ, startResponse, { body: body ?? new Uint8Array(0) })
  }

function reportsTo(findings: Findings, log: string[]): PoolReports {
  const printed = (_from: unknown, line: string): void => void log.push(line)
  return {
    ...SILENT_REPORTS,
    application: (_exchange, { text }) => {
      const finding = parseFinding(text)
      if (finding === undefined) log.push(text)
      else findings.add(finding)
    },
    printed,
  }
}

const FIXTURE = { chdir: join(FIXTURES, 'lint'), application: 'applications:starts_by_keyword' }

test('the finding of a worker arrives with its request, once for each path', async () => {
  const { findings } = await check(FIXTURE)
  expect(new Set(findings.map(({ code }) => code))).toEqual(new Set(['LINT_START_KEYWORD']))
  expect(findings[0]).toEqual({ code: 'LINT_START_KEYWORD', place: 'GET /', seen: 'headers' })
})

test('a worker that is not told to lint says nothing', async () => {
  expect(await check({ ...FIXTURE, lint: false })).toEqual({ findings: [], log: [] })
})

test('an application that raises is a finding, and its traceback is in the log (W49)', async () => {
  const { findings, log } = await check({ ...FIXTURE, application: 'applications:raises' })
  expect(new Set(findings.map(({ code }) => code))).toEqual(new Set(['LINT_CHECK_RAISED']))
  expect(log[0]).toContain('LookupError: expected')
})

test('the demonstration of the standard library is clean (W70)', async () => {
  const { findings } = await check({ ...FIXTURE, application: 'wsgiref.simple_server:demo_app' })
  expect(findings).toEqual([])
})

test.skipIf(!testPython.has('flask'))('the Flask example is clean (W71)', async () => {
  const { findings } = await check({ chdir: join(REPOSITORY, 'examples/flask'), application: 'app:app' })
  expect(findings).toEqual([])
})

test.skipIf(!testPython.has('django'))('the Django example is clean (W71)', async () => {
  const database = directory.join('lint.sqlite3')
  await makeDjangoDatabase(testPython.python, database)
  const { findings } = await check({
    chdir: join(REPOSITORY, 'examples/django'),
    application: 'mysite.wsgi:application',
    environment: { DJANGO_DATABASE: database },
  })
  expect(findings).toEqual([])
})
