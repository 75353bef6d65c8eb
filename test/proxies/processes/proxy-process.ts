// A proxy in the foreground, with everything that it writes in a directory of its own. Always on a port that was free.

import { type ChildProcess, spawn } from 'node:child_process'
import { type AddressInfo, type Server, connect, createServer } from 'node:net'
import { TemporaryDirectory } from '../../harness/temporary-directory.ts'
import { until } from '../../harness/until.ts'

const START_DEADLINE_MS = 10_000
const STOP_DEADLINE_MS = 10_000
// Between finding a port free and taking it another process may come first.
const ATTEMPTS = 5

export interface ProxyPlace {
  readonly port: number
  /** All that were asked for; `port` is the first of them. */
  readonly ports: readonly number[]
  readonly directory: string
}

/** What to run in a place: the command, and the signal that ends it when the last request is done. */
export interface ProxyCommand {
  readonly argv: readonly string[]
  readonly gracefulSignal: NodeJS.Signals
}

/** A running proxy. `await using` ends it at the end of the block. */
export class ProxyProcess implements AsyncDisposable {
  readonly port: number
  readonly ports: readonly number[]
  readonly directory: TemporaryDirectory
  output = ''
  readonly #child: ChildProcess
  readonly #gracefulSignal: NodeJS.Signals
  readonly #exited: Promise<void>
  #hasExited = false

  constructor(
    ports: readonly number[],
    directory: TemporaryDirectory,
    { argv, gracefulSignal }: ProxyCommand,
  ) {
    this.port = ports[0]!
    this.ports = ports
    this.directory = directory
    this.#gracefulSignal = gracefulSignal
    const [program = '', ...args] = argv
    this.#child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] })
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream?.setEncoding('latin1').on('data', (text: string) => (this.output += text))
    }
    this.#exited = new Promise((resolve) => {
      this.#child.once('error', (error) => (this.output += `${program}: ${error.message}\n`))
      this.#child.once('close', () => {
        this.#hasExited = true
        resolve()
      })
    })
  }

  get hasExited(): boolean {
    return this.#hasExited
  }

  /** Lets it finish what it has begun, and its log with it. */
  async stop(): Promise<void> {
    await this.#end(this.#gracefulSignal)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#end('SIGTERM')
    this.directory[Symbol.dispose]()
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    if (this.#hasExited) return
    this.#child.kill(signal)
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), STOP_DEADLINE_MS)
    await this.#exited
    clearTimeout(timer)
  }
}

/** Starts the command that `prepare` makes for a place with so many ports, and waits until it takes connections. */
export async function startProxy(
  prepare: (place: ProxyPlace) => ProxyCommand,
  portCount = 1,
): Promise<ProxyProcess> {
  let output = ''
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const ports = await findFreePorts(portCount)
    const directory = new TemporaryDirectory()
    const command = prepare({ port: ports[0]!, ports, directory: directory.path })
    const proxy = new ProxyProcess(ports, directory, command)
    await until(
      async () => proxy.hasExited || (await isListening(ports.at(-1)!)),
      START_DEADLINE_MS,
      () => `the proxy takes no connections:\n${proxy.output}`,
    )
    if (!proxy.hasExited) return proxy
    output = proxy.output
    await proxy[Symbol.asyncDispose]()
    if (!/in use/i.test(output)) break
  }
  throw new Error(`the proxy ended at its start:\n${output}`)
}

/** All at once, so that none is found twice. */
async function findFreePorts(count: number): Promise<readonly number[]> {
  const servers = await Promise.all(Array.from({ length: count }, listenAnywhere))
  const ports = servers.map((server) => (server.address() as AddressInfo).port)
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))))
  return ports
}

function listenAnywhere(): Promise<Server> {
  return new Promise((resolve) => {
    const server = createServer()
    server.listen(0, '127.0.0.1', () => resolve(server))
  })
}

function isListening(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' })
    const settle = (answer: boolean): void => {
      socket.destroy()
      resolve(answer)
    }
    socket.once('connect', () => settle(true))
    socket.once('error', () => settle(false))
  })
}
