import { spawn, spawnSync } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type GantryProcess, MAIN, startGantry } from '../harness/gantry-process.ts'
import { TemporaryDirectory } from '../harness/temporary-directory.ts'

const ANSWERS = (text: string): string => `
def application(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [b"${text}"]
`

let directory: TemporaryDirectory
let server: GantryProcess

beforeAll(async () => {
  directory = new TemporaryDirectory()
  writeFileSync(directory.join('app.py'), ANSWERS('one'))
  const pidFile = ['--pid-file', directory.join('gantry.pid')]
  server = await startGantry(['app', '--workers', '1', ...pidFile], { cwd: directory.path })
})

afterAll(async () => {
  await server[Symbol.asyncDispose]()
  directory[Symbol.dispose]()
})

interface Ended {
  readonly status: number | null
  readonly stdout: string
  readonly stderr: string
}

const gantry = (...words: readonly string[]): Promise<Ended> =>
  new Promise((resolve) => {
    const child = spawn(process.execPath, [MAIN, ...words, '--pid', `${server.pid}`])
    const said = { stdout: '', stderr: '' }
    for (const name of ['stdout', 'stderr'] as const)
      child[name].setEncoding('utf8').on('data', (text: string) => (said[name] += text))
    child.once('close', (status) => resolve({ status, ...said }))
  })

// On a connection of its own: one that was kept may bring a last request to the old generation.
const answer = async (): Promise<string> =>
  await (await fetch(server.url, { headers: { connection: 'close' } })).text()

describe('a server that is told from outside', () => {
  test('says what it does', async () => {
    expect(await answer()).toBe('one')
    const { status, stdout } = await gantry('status')
    expect(status).toBe(0)
    expect(stdout).toContain(`(pid ${server.pid})`)
    expect(stdout).toContain(server.url)
    expect(stdout).toMatch(
      /serving, generation 1[^]*\nfront .*\n1 +\d+ +serving[^]*\nworker .*\n1 +\d+ +ready /,
    )
    const json = JSON.parse((await gantry('status', '--json')).stdout) as {
      readonly fronts: readonly { readonly rssBytes: number }[]
    }
    expect(json).toMatchObject({ pid: server.pid, generation: 1, state: 'serving' })
    if (process.platform === 'linux') expect(json.fronts[0]!.rssBytes).toBeGreaterThan(1_000_000)
  })

  test('reloads, and keeps what it has where the new code cannot start', async () => {
    writeFileSync(directory.join('app.py'), ANSWERS('second'))
    expect(await gantry('reload')).toEqual({ status: 0, stdout: 'generation 2 serves\n', stderr: '' })
    expect(await answer()).toBe('second')

    writeFileSync(directory.join('app.py'), 'import no_such_module_of_the_shop\n')
    const failed = await gantry('reload')
    expect([failed.status, failed.stdout]).toEqual([1, ''])
    expect(failed.stderr).toMatch(
      /^gantry: not reloaded, the running generation goes on:\n[^]*Traceback[^]*no_such_module_of_the_shop/,
    )
    expect(await answer()).toBe('second')
    expect((await gantry('status')).stdout).toMatch(
      /last reload +\S+ \S+, .* ago: failed: .*no_such_module_of_the_shop/,
    )
  })

  test('has more workers, and fewer', async () => {
    expect(await gantry('workers', '+1')).toEqual({ status: 0, stdout: 'workers: 2\n', stderr: '' })
    expect(await gantry('workers', '-1')).toEqual({ status: 0, stdout: 'workers: 1\n', stderr: '' })
  })

  test('stops, and the command ends after it', async () => {
    expect(await gantry('stop')).toEqual({
      status: 0,
      stdout: `process ${server.pid} has ended\n`,
      stderr: '',
    })
    expect((await server.exited).code).toBe(0)
    expect((await gantry('status')).status).toBe(1)
  })
})

test('a server is spoken to at --control-socket, and --pid-file has its process id: both go with it', async () => {
  writeFileSync(directory.join('app.py'), ANSWERS('own'))
  const [path, pidFile] = [directory.join('own.sock'), directory.join('own.pid')]
  const place = ['--control-socket', path]
  const words = ['app', '--workers', '1', ...place, '--pid-file', pidFile]
  await using own = await startGantry(words, { cwd: directory.path })
  expect(readFileSync(pidFile, 'utf8')).toBe(`${own.pid}\n`)
  const { status, stdout } = spawnSync(process.execPath, [MAIN, 'status', ...place], { encoding: 'utf8' })
  expect([status, stdout]).toEqual([0, expect.stringContaining(`(pid ${own.pid})`)])
  await own.stop()
  expect([existsSync(path), existsSync(pidFile)]).toEqual([false, false])
})
