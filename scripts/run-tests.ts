// `npm test`: builds, runs every test of both languages, and ends with the line `N passed, N failed, N skipped`.
// Arguments go to vitest (`npm test -- test/http`); the Python tests run without any.
import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'

import {
  NO_TESTS,
  addCounts,
  countUnittest,
  countVitest,
  exitStatusOf,
  skippedUnittests,
  skippedVitests,
  summaryLine,
} from './test-counts.ts'
import type { TestCounts, VitestReport } from './test-counts.ts'
import { prepareTestPython } from './test-python.ts'
import { prepareTools } from './test-tools.ts'

const REPOSITORY = fileURLToPath(new URL('..', import.meta.url))
const VITEST = join(REPOSITORY, 'node_modules/vitest/vitest.mjs')
const PYTHON_TESTS = ['-m', 'unittest', 'discover', '-v', '-s', 'test/python', '-t', 'test/python']

const TOOLS = [
  'apache',
  'php-fpm',
  'cgi-fcgi',
  'uwsgi',
  'nginx',
  'nginx-stream',
  'haproxy',
  'openssl',
  'wrk',
  'h2load',
] as const

const vitestArguments = process.argv.slice(2)
const isWhole = vitestArguments.length === 0

const counts = (await build())
  ? addCounts(isWhole ? await runPythonTests() : NO_TESTS, await runVitest(vitestArguments))
  : { ...NO_TESTS, failed: 1 }
process.stdout.write(`${summaryLine(counts)}\n`)
process.exitCode = exitStatusOf(counts)

async function build(): Promise<boolean> {
  const { isOk, output } = await run('npm', ['run', '--silent', 'build'])
  if (!isOk) process.stdout.write(`the build failed:\n${output}`)
  return isOk
}

async function runPythonTests(): Promise<TestCounts> {
  const { isOk, output } = await run('python3', PYTHON_TESTS)
  const counts = countUnittest(output, isOk)
  process.stdout.write(
    isOk
      ? skippedUnittests(output)
          .map((line) => `${line}\n`)
          .join('')
      : output,
  )
  process.stdout.write(`Python: ${summaryLine(counts)}\n`)
  return counts
}

async function runVitest(args: readonly string[]): Promise<TestCounts> {
  // With arguments it may be that no test needs the frameworks; one that does prepares them itself.
  const env = isWhole ? await prepareEnvironment() : {}
  const directory = mkdtempSync(join(tmpdir(), 'gantry-tests-'))
  const reportPath = join(directory, 'report.json')
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${reportPath}`]
  const { isOk } = await run(process.execPath, [VITEST, 'run', ...reporters, ...args], { env, isShown: true })
  const report = readReport(reportPath)
  rmSync(directory, { recursive: true, force: true })
  const skipped = skippedVitests(report).map((test) => `skipped: ${relative(REPOSITORY, test)}\n`)
  const { TEST_MISSING: missing = '' } = env
  const why = missing === '' ? '' : `missing here, for the reasons given before the tests: ${missing}\n`
  process.stdout.write(skipped.join('') + why)
  return countVitest(report, isOk)
}

async function prepareEnvironment(): Promise<Record<string, string>> {
  const { python, missing } = await prepareTestPython()
  const missingTools = await prepareTools(TOOLS)
  return { TEST_PYTHON: python, TEST_MISSING: [...missing, ...missingTools].join(',') }
}

function readReport(path: string): VitestReport | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as VitestReport
  } catch {
    return undefined
  }
}

interface RunOptions {
  readonly env?: Readonly<Record<string, string>>
  /** Shown while it runs instead of being returned. */
  readonly isShown?: boolean
}

function run(
  program: string,
  args: readonly string[],
  { env, isShown = false }: RunOptions = {},
): Promise<{ readonly isOk: boolean; readonly output: string }> {
  return new Promise((resolve) => {
    const output: string[] = []
    const stdio = isShown ? 'inherit' : ['ignore' as const, 'pipe' as const, 'pipe' as const]
    const child = spawn(program, args, { cwd: REPOSITORY, env: { ...process.env, ...env }, stdio })
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => output.push(text))
    }
    child.once('error', (error) => output.push(`${program}: ${error.message}\n`))
    child.once('close', (code) => resolve({ isOk: code === 0, output: output.join('') }))
  })
}
