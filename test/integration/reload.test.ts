// Reloads: the next generation is ready before it serves, the old one loses nobody, and what cannot start changes nothing.

import { renameSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { afterAll, describe, expect, test } from 'vitest'
import { ClosedLoad } from '../../bench/faults/clients/closed-load.ts'
import { type GantryProcess, startGantry } from '../harness/gantry-process.ts'
import { Gate } from '../harness/gate.ts'
import { childrenOf } from '../harness/processes.ts'
import { TemporaryDirectory } from '../harness/temporary-directory.ts'
import { until } from '../harness/until.ts'

const ENVIRONMENT = { PYTHONDONTWRITEBYTECODE: '1' }
const DEADLINE_MS = 30_000
const RELOADS = 3

/** Answers the query, so that a load can tell its answers apart, or `version` on /version. */
const python = (version: string, before = ''): string => `
import os
${before}
def application(environ, start_response):
    path = environ["PATH_INFO"]
    start_response("503 No" if path == "/unhealthy" else "200 OK", [("X-Worker", str(os.getpid()))])
    return [b"${version}" if path == "/version" else environ["QUERY_STRING"].encode()]
`

const typeScript = (version: string): string => `
export const application = (environ: Record<string, string>, start: (status: string, headers: []) => void) => {
  start('200 OK', [])
  return [Buffer.from(environ.PATH_INFO === '/version' ? ${JSON.stringify(version)} : environ.QUERY_STRING!)]
}`

const version = async ({ url }: GantryProcess): Promise<string> =>
  await (await fetch(`${url}/version`, { headers: { connection: 'close' } })).text()

/** SIGHUP, and what the log says of it. */
async function reload(gantry: GantryProcess, saying: RegExp): Promise<void> {
  const before = gantry.stderr.length
  gantry.child.kill('SIGHUP')
  await until(
    () => saying.test(gantry.stderr.slice(before)),
    DEADLINE_MS,
    () => `no ${String(saying)}:\n${gantry.stderr}`,
  )
}

describe('a Python application', () => {
  const directory = new TemporaryDirectory()
  const write = (text: string): void => writeFileSync(directory.join('site_app.py'), text)
  const start = (options: readonly string[] = []): Promise<GantryProcess> =>
    startGantry(['site_app', '--workers', '2', '--threads', '2', ...options], {
      cwd: directory.path,
      env: ENVIRONMENT,
      hasOwnGroup: true,
    })

  afterAll(() => directory[Symbol.dispose]())

  test('is replaced under load, and no request of 64 kept connections is lost', async () => {
    write(python('first'))
    await using gantry = await start()
    using load = new ClosedLoad({ port: gantry.port, connections: 64, path: '/' })
    for (let count = 1; count <= RELOADS; count++) {
      write(python(`reloaded ${count}`))
      await reload(gantry, new RegExp(`generation ${count + 1} serves`))
      expect(await version(gantry)).toBe(`reloaded ${count}`)
    }
    // Broken code, a worker that ends, and one that is not healthy: nothing changes.
    write(python('broken', 'import that_is_nowhere'))
    await reload(gantry, /the reload failed, generation 4 goes on\n(?: {4}.*\n)+/)
    expect(gantry.stderr).toMatch(/^ {4}ModuleNotFoundError: No module named 'that_is_nowhere'$/m)
    write(python('ends', 'os._exit(3)'))
    await reload(gantry, /the reload failed, generation 4 goes on\n(?: {4}.*\n)*? {4}.*exit/)
    expect(await version(gantry)).toBe(`reloaded ${RELOADS}`)
    const { losses, answers } = await load.stop()
    expect(losses).toEqual({})
    expect(Object.keys(answers)).toEqual(['200'])
    await until(
      () => childrenOf(gantry.pid).length === 1,
      DEADLINE_MS,
      () => 'an old front is left',
    )
    expect(await gantry.stop()).toEqual({ code: 0, signal: null })
  })

  test('that does not answer --health-path with 2xx does not serve', async () => {
    write(python('healthy'))
    await using gantry = await start(['--health-path', '/healthy'])
    write(python('ill').replace('/unhealthy', '/healthy'))
    await reload(
      gantry,
      /the reload failed, generation 1 goes on\n(?: {4}.*\n)*? {4}.*is not healthy: GET \/healthy/,
    )
    expect(await version(gantry)).toBe('healthy')
  })

  test('finishes a request of the old generation, and one reload more comes of all that are asked for meanwhile', async () => {
    using gate = await Gate.start()
    write(
      python(
        'waits',
        `import socket
def wait(port):
    gate = socket.create_connection(("127.0.0.1", port))
    gate.sendall(b"here")
    gate.recv(1)
    return b"waited"
`,
      ).replace('return [', `if path == "/wait": return [wait(${gate.port})]\n    return [`),
    )
    await using gantry = await start(['--bind', '127.0.0.1:0'])
    const waiting = fetch(`${gantry.url}/wait`)
    await gate.arrived(1)
    write(python('next'))
    for (let count = 0; count < 3; count++) gantry.child.kill('SIGHUP')
    await gantry.logged(/generation 2 serves/, DEADLINE_MS)
    for (let count = 0; count < 3; count++) gantry.child.kill('SIGHUP')
    await gantry.logged(/generation 3 serves/, DEADLINE_MS)
    gate.open()
    expect(await (await waiting).text()).toBe('waited')
    expect(await version(gantry)).toBe('next')
  })
})

describe('a configuration file', () => {
  const directory = new TemporaryDirectory()
  const write = (options: object): void =>
    writeFileSync(directory.join('gantry.config.mjs'), `export default ${JSON.stringify(options)}`)

  afterAll(() => directory[Symbol.dispose]())

  test('is read anew: workers, header, addresses; what is wrong in it changes nothing', async () => {
    writeFileSync(directory.join('site_app.py'), python('configured'))
    const second = directory.join('second.sock')
    const options = { application: 'site_app', bind: ['127.0.0.1:0'], workers: 1, threads: 1 }
    write(options)
    await using gantry = await startGantry([], { cwd: directory.path, env: ENVIRONMENT, hasBind: true })
    write({
      ...options,
      workers: 2,
      serverHeader: 'changed',
      bind: ['127.0.0.1:0', `unix:${second}`],
      pidFile: 'x',
    })
    await reload(gantry, /generation 2 serves/)
    expect((await fetch(gantry.url)).headers.get('server')).toBe('changed')
    expect(gantry.stderr).toMatch(/warning option pidFile in .*: --pid-file stays as it was/)
    const { status } = await askUnix(second)
    expect(status).toBe(200)
    write({ ...options, workerz: 3 })
    await reload(gantry, /the reload failed, generation 2 goes on\n {4}gantry: unknown option workerz/)
    write(options)
    await reload(gantry, /generation 3 serves/)
    await expect(askUnix(second)).rejects.toThrow('ENOENT')
  })
})

describe('a TypeScript application', () => {
  test('is imported anew by every front; --reload-on sees a file that is touched, replaced and made anew', async () => {
    using directory = new TemporaryDirectory()
    const touched = directory.join('touch-me')
    const write = (text: string): void => writeFileSync(directory.join('app.ts'), text)
    write(typeScript('one'))
    await using gantry = await startGantry(['./app.ts', '--fronts', '2', '--reload-on', touched], {
      cwd: directory.path,
    })
    using load = new ClosedLoad({ port: gantry.port, connections: 8, path: '/' })
    write(typeScript('two'))
    writeFileSync(touched, '')
    await gantry.logged(/touch-me was touched\): generation 2 starts[^]*generation 2 serves/, DEADLINE_MS)
    expect(await version(gantry)).toBe('two')
    write(typeScript('three'))
    writeFileSync(directory.join('other'), '')
    utimesSync(directory.join('other'), 1_000_000_000, 1_000_000_000)
    renameSync(directory.join('other'), touched)
    await gantry.logged(/generation 3 serves/, DEADLINE_MS)
    write("export const application = 'none'")
    rmSync(touched)
    writeFileSync(touched, '')
    await gantry.logged(/the reload failed, generation 3 goes on/, DEADLINE_MS)
    expect(await version(gantry)).toBe('three')
    expect((await load.stop()).losses).toEqual({})
  })

  test('that does not answer --health-path with 2xx is not started', async () => {
    using directory = new TemporaryDirectory()
    writeFileSync(directory.join('app.ts'), typeScript('ill').replace('200 OK', '500 Ill'))
    await expect(
      startGantry(['./app.ts', '--fronts', '1', '--health-path', '/x'], { cwd: directory.path }),
    ).rejects.toThrow(/front \d+ is not healthy: GET \/x was answered 500/)
  })
})

/** On a connection of its own. */
function askUnix(path: string): Promise<{ readonly status: number }> {
  return new Promise((resolve, reject) => {
    request({ socketPath: path, agent: false }, (answer) => {
      answer.resume()
      resolve({ status: answer.statusCode ?? 0 })
    })
      .on('error', reject)
      .end()
  })
}
