// `gantry ./app.ts`: TypeScript without a build, several fronts at one address, and what becomes of them.

import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { failToStart } from '../harness/failed-start.ts'
import { FIXTURES, getRequest, openConnection } from '../harness/fixtures.ts'
import { type GantryProcess, startGantry } from '../harness/gantry-process.ts'
import { Gate } from '../harness/gate.ts'
import { isAlive } from '../harness/processes.ts'
import { TemporaryDirectory } from '../harness/temporary-directory.ts'
import { until } from '../harness/until.ts'

const SCRIPTS = `${FIXTURES}/scripts`
const DEADLINE_MS = 15_000

interface Facts {
  readonly process: number
  readonly multiprocess: boolean
  readonly directory: string
  readonly variable?: string
}

async function facts({ port }: Pick<GantryProcess, 'port'>): Promise<Facts> {
  // A connection each: which front answers is decided when it is taken.
  const answer = await fetch(`http://127.0.0.1:${port}/`, { headers: { connection: 'close' } })
  return (await answer.json()) as Facts
}

/** Asks until `count` different processes have answered. */
async function processesOf(gantry: GantryProcess, count: number): Promise<ReadonlySet<number>> {
  const pids = new Set<number>()
  const deadlineMs = performance.now() + DEADLINE_MS
  while (pids.size < count && performance.now() < deadlineMs) {
    const answers = await Promise.all(Array.from({ length: 16 }, () => facts(gantry)))
    for (const { process } of answers) pids.add(process)
  }
  return pids
}

describe('one front', () => {
  test('serves TypeScript as it stands, in the working directory and with the variables asked for', async () => {
    await using gantry = await startGantry([
      'fronts.ts',
      '--fronts',
      '1',
      '--chdir',
      SCRIPTS,
      '-e',
      'FOR_THE_APPLICATION=yes',
      '--workers',
      '4',
    ])
    expect(await facts(gantry)).toEqual({
      process: gantry.frontPid,
      multiprocess: false,
      directory: SCRIPTS,
      variable: 'yes',
    })
    expect(gantry.stderr).toContain(`application  fronts.ts:application (function, ${SCRIPTS}/fronts.ts)`)
    expect(gantry.stderr).toMatch(
      /warning flag --workers has no effect on a TypeScript application: --fronts says/,
    )
  })

  test('W49 logs what the application throws with its place in the source, and tells the client nothing of it', async () => {
    await using gantry = await startGantry([`${SCRIPTS}/fronts.ts:throws`, '--fronts', '1'])
    const answer = await fetch(`${gantry.url}/x?y`)
    expect(answer.status).toBe(500)
    expect(await answer.text()).toBe('500 Internal Server Error\n')
    await gantry.logged(
      /Error on request \S+ GET \/x\?y\n +Error: a secret of the application\n +at throws \(.*fronts\.ts:\d+:/,
    )
  })

  test('W49 outlives a promise that nobody awaits, and a throw in a timer', async () => {
    await using gantry = await startGantry([`${SCRIPTS}/fronts.ts:strays`, '--fronts', '1'])
    expect(await (await fetch(gantry.url)).text()).toBe('answered')
    await gantry.logged(/error a promise of the application was rejected.*\n +Error: a stray promise/)
    await gantry.logged(/error the application threw outside of any request.*\n +Error: a stray timer/)
    expect(await (await fetch(gantry.url)).text()).toBe('answered')
  })

  test('finishes what was accepted before it ends', async () => {
    using gate = await Gate.start()
    await using gantry = await startGantry([`${SCRIPTS}/fronts.ts:waits`, '--fronts', '1'])
    const answer = fetch(`${gantry.url}/?${gate.port}`)
    await gate.arrived(1)
    const stopped = gantry.stop()
    await gantry.logged(/stopping/)
    gate.open()
    expect(await (await answer).text()).toBe('waited')
    expect(await stopped).toEqual({ code: 0, signal: null })
  })
})

describe('several fronts', () => {
  test('answer at one address, each a process of its own', async () => {
    await using gantry = await startGantry(['fronts.ts', '--fronts', '3', '--chdir', SCRIPTS])
    const pids = await processesOf(gantry, 3)
    expect(pids.size).toBe(3)
    expect(pids).not.toContain(gantry.pid)
    expect((await facts(gantry)).multiprocess).toBe(true)
    expect(gantry.stderr).toMatch(/^ {2}fronts {7}3 \(flag --fronts\)$/m)
    expect(gantry.addresses).toHaveLength(1)
    expect(await gantry.stop()).toEqual({ code: 0, signal: null })
    for (const pid of pids) expect(isAlive(pid)).toBe(false)
  })

  test('listen at one Unix socket', async () => {
    using directory = new TemporaryDirectory()
    const path = directory.join('gantry.sock')
    await using gantry = await startGantry(
      ['fronts.ts', '--fronts', '2', '--chdir', SCRIPTS, '--bind', `unix:${path}`, '--bind', '127.0.0.1:0'],
      { hasBind: true },
    )
    expect(gantry.addresses).toContain(`unix:${path}`)
    expect((await processesOf(gantry, 2)).size).toBe(2)
  })

  test('one that is killed is replaced; the address goes on answering', async () => {
    await using gantry = await startGantry(['fronts.ts', '--fronts', '2', '--chdir', SCRIPTS])
    const [first] = await processesOf(gantry, 2)
    process.kill(first!, 'SIGKILL')
    await gantry.logged(
      new RegExp(`front \\d died and is replaced.*process ${first} ended: killed by SIGKILL, not by gantry`),
    )
    expect((await facts(gantry)).process).not.toBe(first)
    await gantry.logged(/front \d is ready again/)
    expect((await processesOf(gantry, 2)).size).toBe(2)
  })

  test('end with the process that started them', async () => {
    const gantry = await startGantry(['fronts.ts', '--fronts', '2', '--chdir', SCRIPTS])
    const pids = await processesOf(gantry, 2)
    gantry.child.kill('SIGKILL')
    await gantry.exited
    await until(
      () => [...pids].every((pid) => !isAlive(pid)),
      DEADLINE_MS,
      () => 'fronts outlive the process that started them',
    )
  })

  test('finish what was accepted when they are told to stop', async () => {
    using gate = await Gate.start()
    await using gantry = await startGantry([`${SCRIPTS}/fronts.ts:waits`, '--fronts', '2'])
    using connection = await openConnection(gantry)
    connection.send(getRequest(`/?${gate.port}`))
    await gate.arrived(1)
    const stopped = gantry.stop()
    await gantry.logged(/stopping/)
    gate.open()
    expect((await connection.readResponse()).text).toBe('waited')
    expect(await stopped).toEqual({ code: 0, signal: null })
  })

  test('of a Python application share out its workers', async () => {
    await using gantry = await startGantry([
      'mount_applications',
      '--chdir',
      FIXTURES,
      '--fronts',
      '2',
      '--workers',
      '2',
    ])
    const answers = await Promise.all(
      Array.from({ length: 24 }, async () => {
        const answer = await fetch(`${gantry.url}/shows_its_process`, { headers: { connection: 'close' } })
        return await answer.text()
      }),
    )
    expect(new Set(answers).size).toBeGreaterThan(0)
    expect(gantry.stderr).toMatch(/^ {2}fronts {7}2 \(flag --fronts\)$/m)
    expect(gantry.stderr).toMatch(/^ {2}workers {6}1 /m)
  })
})

describe('a start that fails', () => {
  test('shows where TypeScript cannot be parsed, and not the stack of what parses it', async () => {
    using directory = new TemporaryDirectory()
    writeFileSync(directory.join('unclosed.ts'), "\n\nexport const application = ['a' 'b']\n")
    const { text } = await failToStart(['./unclosed.ts'], { cwd: directory.path })
    expect(text).toMatch(/unclosed\.ts:3:\d+: ERROR/)
    expect(text).not.toContain('    at ')
  })

  test.each([['1'], ['2']])(
    'says once what is wrong and ends with its status (%s fronts)',
    async (fronts) => {
      const { problems, exit } = await failToStart(['./absent.ts', '--fronts', fronts])
      expect(problems).toHaveLength(1)
      expect(problems[0]).toContain('there is no file')
      expect(exit).toEqual({ code: 1, signal: null })
    },
  )

  test('an address in use is told once', async () => {
    await using gantry = await startGantry(['fronts.ts', '--fronts', '1', '--chdir', SCRIPTS])
    const args = ['fronts.ts', '--fronts', '2', '--chdir', SCRIPTS, '--bind', `127.0.0.1:${gantry.port}`]
    const { problems } = await failToStart(args, { hasBind: true })
    expect(problems).toHaveLength(1)
    expect(problems[0]).toContain('is in use')
  })
})

describe('a configuration file', () => {
  const middleware = `(inner) => (environ, start) => inner(environ, (status, headers, e) => start(status, [...headers, ['X-Config', 'yes']], e))`

  test('names the application, its options and its middleware; gantry alone serves it', async () => {
    using directory = new TemporaryDirectory()
    writeFileSync(
      directory.join('gantry.config.ts'),
      `const front = ${middleware.replace('(inner)', '(inner: any)').replace('(environ, start)', '(environ: any, start: any)').replace('(status, headers, e)', '(status: string, headers: any[], e: unknown)')}
       export default { application: 'mount_applications', chdir: ${JSON.stringify(FIXTURES)}, workers: 1, threads: 1, middleware: [front] }`,
    )
    await using gantry = await startGantry([], { cwd: directory.path })
    const answer = await fetch(`${gantry.url}/answers_hello`)
    expect(answer.headers.get('x-config')).toBe('yes')
    expect(await answer.text()).toBe('hello')
    expect(gantry.stderr).toMatch(/^ {2}workers {6}1 \(option workers in gantry\.config\.ts\) x 1 threads/m)
    expect(gantry.stderr).toMatch(/^ {2}middleware {3}front$/m)
  })

  test('may hold the application itself, and gives way to flags', async () => {
    using directory = new TemporaryDirectory()
    writeFileSync(
      directory.join('gantry.config.mjs'),
      `export default { fronts: 2, application: (environ, start) => { start('200 OK', []); return [Buffer.from('own')] } }`,
    )
    await using gantry = await startGantry(['--fronts', '1'], { cwd: directory.path })
    expect(await (await fetch(gantry.url)).text()).toBe('own')
    expect(gantry.stderr).toMatch(/^ {2}fronts {7}1 \(flag --fronts\)$/m)
  })

  test.each([
    [
      'gantry.config.js',
      'export default { workerz: 9 }',
      /unknown option workerz in gantry\.config\.js; did you mean workers\?/,
    ],
    [
      'gantry.config.mjs',
      'export const x = 1',
      /gantry\.config\.mjs: expected an object as its default export/,
    ],
    ['gantry.config.mjs', 'export default { middleware: 5 }', /expected middleware as a list of functions/],
    [
      'gantry.config.ts',
      'export default { workers: "many" }',
      /option workers in gantry\.config\.ts: expected a whole number/,
    ],
  ])('%s with %s is an error of configuration', async (name, text, message) => {
    using directory = new TemporaryDirectory()
    writeFileSync(directory.join('package.json'), '{"type":"module"}')
    writeFileSync(directory.join(name), text)
    const { text: told, exit } = await failToStart(['shop'], { cwd: directory.path })
    expect(told).toMatch(message)
    expect(exit.code).toBe(2)
  })

  test('with what only looks like an application is told which adapter makes one of it', async () => {
    using directory = new TemporaryDirectory()
    writeFileSync(directory.join('gantry.config.mjs'), 'export default { application: { fetch() {} } }')
    const { problems } = await failToStart([], { cwd: directory.path })
    expect(problems[0]).toContain('option application in gantry.config.mjs is a fetch handler')
  })

  test('of which there are two is an error: nobody could say which counts', async () => {
    using directory = new TemporaryDirectory()
    for (const name of ['gantry.config.mjs', 'gantry.config.ts'])
      writeFileSync(directory.join(name), 'export default {}')
    const { problems } = await failToStart(['shop'], { cwd: directory.path })
    expect(problems[0]).toContain('gantry.config.ts and gantry.config.mjs')
  })
})

describe('the accessLog of a configuration', () => {
  test.each(['1', '2'])('is reopened by SIGUSR1 and complete at the end (%s fronts)', async (fronts) => {
    using directory = new TemporaryDirectory()
    const entry = JSON.stringify(new URL('../../dist/middleware/index.js', import.meta.url).href)
    writeFileSync(
      directory.join('gantry.config.mjs'),
      `import { accessLog } from ${entry}
       export default {
         application: (environ, start) => { start('200 OK', []); return [Buffer.from('own')] },
         middleware: [accessLog({ target: ${JSON.stringify(directory.join('access.log'))} })],
       }`,
    )
    const gantry = await startGantry(['--fronts', fronts], { cwd: directory.path })
    await (await fetch(`${gantry.url}/before`)).text()
    const before = (): string => readIfThere(directory.join('access.log.1'))
    const after = (): string => readIfThere(directory.join('access.log'))
    renameSync(directory.join('access.log'), directory.join('access.log.1'))
    gantry.child.kill('SIGUSR1')
    await until(
      () => existsSync(directory.join('access.log')),
      DEADLINE_MS,
      () => 'the log is not opened anew',
    )
    await (await fetch(`${gantry.url}/after`)).text()
    expect(await gantry.stop()).toEqual({ code: 0, signal: null })
    expect(`${before()}${after()}`).toContain('"GET /before HTTP/1.1" 200 3')
    // Of two fronts the other one may have been asked, which had not opened the file anew yet.
    const wanted = fronts === '1' ? after() : `${before()}${after()}`
    expect(wanted).toContain('"GET /after HTTP/1.1" 200 3')
  })
})

const readIfThere = (path: string): string => (existsSync(path) ? readFileSync(path, 'utf8') : '')
