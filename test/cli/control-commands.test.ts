import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { dumpCommand } from '../../src/cli/dump.ts'
import { reloadCommand } from '../../src/cli/reload.ts'
import { statusCommand } from '../../src/cli/status.ts'
import { stopCommand } from '../../src/cli/stop.ts'
import { topCommand } from '../../src/cli/top.ts'
import { workersCommand } from '../../src/cli/workers.ts'
import { helpText } from '../../src/config/help.ts'
import { type ControlSocket, openControlSocket } from '../../src/server/control/control-socket.ts'
import { TemporaryDirectory } from '../harness/temporary-directory.ts'
import { ControlledFake } from '../server/control/controlled-fake.ts'

const COMMANDS = {
  status: statusCommand,
  top: topCommand,
  reload: reloadCommand,
  stop: stopCommand,
  dump: dumpCommand,
  workers: workersCommand,
}

const MAIN = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url))
const ON_A_TERMINAL = fileURLToPath(new URL('../fixtures/on_a_terminal.py', import.meta.url))

let directory: TemporaryDirectory
let controlled: ControlledFake
let socket: ControlSocket
let stdout: string
let stderr: string

beforeEach(async () => {
  directory = new TemporaryDirectory()
  controlled = new ControlledFake()
  const controlSocket = directory.join('control.sock')
  socket = await openControlSocket({ controlSocket, origins: {} as never }, controlled)
  vi.stubEnv('GANTRY_CONTROL_SOCKET', controlSocket)
  stdout = stderr = ''
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => ((stdout += String(text)), true))
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => ((stderr += String(text)), true))
})

afterEach(() => {
  vi.restoreAllMocks()
  vi.unstubAllEnvs()
  socket.close()
  directory[Symbol.dispose]()
})

describe('commands to a running server', () => {
  test('status prints a screen for people, and JSON for programs', async () => {
    expect(await statusCommand([])).toBe(0)
    expect(stdout).toMatch(/^gantry .* \(pid \d+\)\n[^]*\nworker +pid/)
    stdout = ''
    expect(await statusCommand(['--json'])).toBe(0)
    expect(JSON.parse(stdout)).toEqual(JSON.parse(JSON.stringify(controlled.current)))
  })

  test('top prints once where there is no terminal', async () => {
    expect(await topCommand([])).toBe(0)
    expect(stdout).toMatch(/^shop\.wsgi:application [^]*41\.7\/s[^\u001b]*$/)
  })

  test('reload tells the generation, or the whole reason and status 1', async () => {
    expect(await reloadCommand([])).toBe(0)
    expect(controlled.asked).toEqual(['reload: gantry reload'])
    expect(stdout).toBe('generation 2 serves\n')
    controlled.outcome = { isDone: false, reason: 'Traceback:\n  line 1\nImportError: no shop' }
    expect(await reloadCommand([])).toBe(1)
    expect(stderr).toBe(
      'gantry: not reloaded, the running generation goes on:\nTraceback:\n  line 1\nImportError: no shop\n',
    )
  })

  test('workers takes a step with its sign', async () => {
    expect(await workersCommand(['+2'])).toBe(0)
    expect(await workersCommand(['-1'])).toBe(0)
    expect(controlled.asked).toEqual(['resize: 2', 'resize: -1'])
    expect(stdout).toBe('workers: 4 to 8\nworkers: 1 to 8\n')
    for (const words of [[], ['2'], ['+0'], ['-x'], ['+1', '+1']])
      await expect(workersCommand(words)).rejects.toMatchObject({ exitStatus: 2 })
  })

  test('what the server cannot do is an error in its words', async () => {
    await expect(dumpCommand([])).rejects.toMatchObject({ message: 'nothing to see', exitStatus: 1 })
  })

  test('a server of another version of the protocol is told from one that understands', async () => {
    const path = directory.join('other.sock')
    const server = createServer((client) => client.write('{"gantry":2,"isDone":true}\n')).listen(path)
    await expect(statusCommand(['--control-socket', path])).rejects.toThrow('does not speak as this version')
    server.close()
  })

  test('what a command does not take is refused with status 2', async () => {
    for (const [words, problem] of [
      [['--jsn'], 'status: unknown flag --jsn; did you mean --json?'],
      [['--pid'], 'status: --pid needs a value'],
      [['--pid', 'x'], 'status: --pid takes a process id, not "x"'],
      [['--pid', '1', '--pid-file=x'], 'status: --pid and --pid-file exclude each other'],
      [['4711'], 'status: "4711" is one word too many'],
    ] as const)
      await expect(statusCommand(words)).rejects.toMatchObject({ message: problem, exitStatus: 2 })
  })

  test('each says what it does, and gantry --help names it', async () => {
    for (const [name, command] of Object.entries(COMMANDS)) {
      stdout = ''
      expect(await command(['--help'])).toBe(0)
      expect(stdout).toMatch(new RegExp(`^Usage: gantry ${name} .*\\n\\n[^]*--control-socket PATH`))
      expect(Math.max(...stdout.split('\n').map((line) => line.length))).toBeLessThanOrEqual(112)
      expect(helpText(true)).toMatch(new RegExp(`gantry (status.*)?${name}`))
    }
    expect(controlled.asked).toEqual([])
  })

  test('stop waits until the process has ended, a zombie being enough', async () => {
    const child = spawn('sleep', ['60'])
    const asked = vi.spyOn(controlled, 'stop')
    vi.spyOn(process, 'pid', 'get').mockReturnValue(child.pid!)
    let hasEnded = false
    const stopping = stopCommand([]).then((status) => {
      hasEnded = true
      return status
    })
    await vi.waitFor(() => expect(asked).toHaveBeenCalled())
    socket.close()
    expect(hasEnded).toBe(false)
    const exited = once(child, 'exit')
    child.kill('SIGKILL')
    expect(await stopping).toBe(0)
    await exited
    expect(stdout).toBe(`process ${child.pid} has ended\n`)
  })
})

describe('gantry top on a terminal', () => {
  test.each([
    ['q is pressed', 'key', 0],
    ['Ctrl-C is pressed', 'interrupt', 0],
    ['it gets SIGTERM', 'SIGTERM', 0],
    ['the server goes away', 'server', 1],
  ])('takes the screen, and gives it back when %s', async (_, ending, status) => {
    const terminal = spawn('python3', [
      ON_A_TERMINAL,
      ending,
      process.execPath,
      '--import',
      'tsx',
      MAIN,
      'top',
    ])
    let shown = ''
    terminal.stdout.setEncoding('utf8').on('data', (text: string) => {
      shown += text
      if (shown === 'drawn\n') socket.close()
    })
    await once(terminal, 'close')
    const { status: seen, screen, isCooked } = JSON.parse(shown.split('\n').at(-2)!) as Seen
    expect([seen, isCooked]).toEqual([status, true])
    expect(screen).toMatch(/^\u001b\[\?1049h\u001b\[\?25l\u001b\[Hshop\.wsgi/)
    expect(screen).toMatch(/\u001b\[\?25h\u001b\[\?1049l/)
    const lines = screen.split('\u001b[J')[0]!.split('\r\n')
    expect(lines).toHaveLength(8)
    expect(lines.at(-1)).toMatch(/^\(\d+ more lines\)/)
  })
})

interface Seen {
  readonly status: number
  readonly screen: string
  /** The terminal is as it was. */
  readonly isCooked: boolean
}
