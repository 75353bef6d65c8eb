// Python's urllib, in a process of its own that is given requests line by line.

import { spawn } from 'node:child_process'
import type { ChildProcessByStdio } from 'node:child_process'
import { createInterface } from 'node:readline'
import type { Readable, Writable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import type { Client, ClientAnswer, ClientRequest } from './client.ts'

const PROGRAM = fileURLToPath(new URL('../../fixtures/urllib_client.py', import.meta.url))

interface AnswerLine {
  readonly error?: string
  readonly status: number
  readonly headers: readonly [string, string][]
  readonly blocks: readonly string[]
}

export class UrllibClient implements Client {
  readonly name = 'urllib'
  readonly #child: ChildProcessByStdio<Writable, Readable, null>
  readonly #lines: AsyncIterator<string>

  constructor(python: string) {
    this.#child = spawn(python, [PROGRAM], { stdio: ['pipe', 'pipe', 'inherit'] })
    this.#lines = createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]()
  }

  async send({ body, ...request }: ClientRequest): Promise<ClientAnswer> {
    this.#child.stdin.write(`${JSON.stringify({ ...request, body: body?.toString('base64') })}\n`)
    const line = await this.#lines.next()
    if (line.done === true) throw new Error(`${PROGRAM} has ended`)
    const { error, status, headers, blocks } = JSON.parse(line.value) as AnswerLine
    if (error !== undefined) throw new Error(`urllib: ${error}`)
    return { status, headers, blocks: blocks.map((block) => Buffer.from(block, 'base64')) }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const exited = new Promise((resolve) => this.#child.once('close', resolve))
    this.#child.stdin.end()
    await exited
  }
}
