// Applications that the adapters' tests put behind Node servers, and what they wait for.

import { createHash } from 'node:crypto'
import type { Application, Environ } from '../../src/wsgi/index.ts'

const TEXT = ['Content-Type', 'text/plain'] as const

/** A promise that the test keeps or breaks. */
export class Latch {
  readonly opened: Promise<void>
  #open: () => void = () => undefined

  constructor() {
    this.opened = new Promise((resolve) => (this.#open = resolve))
  }

  open(): void {
    this.#open()
  }
}

/** Answers with the environ's strings, as JSON. */
export const showsEnviron: Application = (environ, startResponse) => {
  startResponse('200 OK', [['Content-Type', 'application/json']])
  return [Buffer.from(JSON.stringify(stringsOf(environ)))]
}

export function stringsOf(environ: Environ): Record<string, string> {
  const pairs = Object.entries(environ).filter(
    (pair): pair is [string, string] => typeof pair[1] === 'string',
  )
  return Object.fromEntries(pairs)
}

/** Answers with each part of the body as soon as it has arrived. */
export const echoes: Application = async function* (environ, startResponse) {
  const input = environ['wsgi.input']
  startResponse('200 OK', [['Content-Type', environ.CONTENT_TYPE ?? 'application/octet-stream']])
  for (let line = await input.readline(65_536); line.length > 0; line = await input.readline(65_536))
    yield line
} as Application

/** Answers with the size and the digest of the body. */
export const digests: Application = async (environ, startResponse) => {
  const hash = createHash('sha256')
  let bytes = 0
  const input = environ['wsgi.input']
  for (let block = await input.read(65_536); block.length > 0; block = await input.read(65_536)) {
    hash.update(block)
    bytes += block.length
  }
  startResponse('200 OK', [[...TEXT]])
  return [Buffer.from(`${bytes} ${hash.digest('hex')} ${environ.CONTENT_LENGTH ?? 'unknown'}`)]
}

export const digestOf = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

/** Answers in blocks, each when `open` is called once more; tells how many were asked for, and whether it was closed. */
export class StepwiseApplication {
  asked = 0
  closes = 0
  readonly #latches: Latch[] = []

  readonly application: Application = (_environ, startResponse) => {
    startResponse('200 OK', [[...TEXT]])
    return { [Symbol.asyncIterator]: () => this.#blocks(), close: () => this.closes++ }
  }

  /** Lets the next block out, now or when it is asked for. */
  let(count: number): void {
    this.#latch(count).open()
  }

  async *#blocks(): AsyncGenerator<Uint8Array> {
    for (;;) {
      const number = ++this.asked
      await this.#latch(number).opened
      yield Buffer.from(`block ${number}\n`)
    }
  }

  #latch(number: number): Latch {
    return (this.#latches[number] ??= new Latch())
  }
}

/** Gives blocks of 64 KiB without end, or `count` of them; tells how many were taken and whether it was closed. */
export class EndlessApplication {
  taken = 0
  closes = 0
  readonly #count: number

  constructor(count = Infinity) {
    this.#count = count
  }

  readonly application: Application = (_environ, startResponse) => {
    startResponse('200 OK', [[...TEXT]])
    return { [Symbol.iterator]: () => this.#blocks(), close: () => this.closes++ }
  };

  *#blocks(): Generator<Uint8Array> {
    while (this.taken < this.#count) {
      this.taken++
      yield Buffer.alloc(65_536, this.taken)
    }
  }
}

/** Fails as the path says: before its headers, after them, or with a header on the error page. */
export const fails: Application = (environ, startResponse) => {
  environ['gantry.request']?.errorHeaders.push(['X-Seen', 'yes'])
  if (environ.PATH_INFO.endsWith('/early')) throw new Error('failed early')
  startResponse('200 OK', [[...TEXT]])
  return failingBlocks()
}

function* failingBlocks(): Generator<Uint8Array> {
  yield Buffer.from('the beginning')
  throw new Error('failed late')
}

/** Answers with the status that the query names, and several cookies. */
export const answersAsTold: Application = (environ, startResponse) => {
  startResponse(decodeURIComponent(environ.QUERY_STRING), [
    ['Set-Cookie', 'first=1'],
    ['Set-Cookie', 'second=2; HttpOnly'],
    ['X-Name', 'caf\xe9'],
    [...TEXT],
  ])
  return [Buffer.from('body')]
}
