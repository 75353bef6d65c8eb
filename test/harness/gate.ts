// Where applications under test wait until the test lets them on: the one way to know that a request is running, without sleeping.
// The application's side is test/fixtures/gate.py.

import { createServer } from 'node:net'
import type { AddressInfo, Server, Socket } from 'node:net'
import { until } from './until.ts'

const DEADLINE_MS = 15_000

export class Gate implements Disposable {
  /** What the arrivals call themselves, in their order. */
  readonly names: string[] = []
  readonly #server: Server
  readonly #waiting: Socket[] = []
  #isOpen = false

  private constructor() {
    this.#server = createServer((socket) => this.#arrive(socket))
  }

  static start(): Promise<Gate> {
    const gate = new Gate()
    return new Promise((resolve) => gate.#server.listen(0, '127.0.0.1', () => resolve(gate)))
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port
  }

  /** Resolves when `count` have arrived since the start. */
  async arrived(count: number): Promise<void> {
    const told = (): string =>
      `${this.names.length} of ${count} arrived at the gate: ${this.names.join(', ')}`
    await until(() => this.names.length >= count, DEADLINE_MS, told)
  }

  /** The process that arrived as `name`, where arrivals say `name pid`. */
  pidOf(name: string): number {
    const arrival = this.names.find((text) => text.startsWith(`${name} `))
    if (arrival === undefined) throw new Error(`${name} is not at the gate: ${this.names.join(', ')}`)
    return Number(arrival.split(' ')[1])
  }

  /** Lets the one on that waits the longest. */
  letOne(): void {
    this.#waiting.shift()?.end('.')
  }

  /** Lets on all who wait and all who come. */
  open(): void {
    this.#isOpen = true
    while (this.#waiting.length > 0) this.letOne()
  }

  [Symbol.dispose](): void {
    this.open()
    this.#server.close()
  }

  #arrive(socket: Socket): void {
    socket.on('error', () => undefined)
    socket.once('data', (name) => {
      this.names.push(name.toString('utf8').trim())
      this.#waiting.push(socket)
      if (this.#isOpen) this.open()
    })
  }
}
