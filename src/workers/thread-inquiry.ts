// What a worker tells of its threads: their stacks, and what became of an interruption (protocol/link.md, "Threads that do not come back").
// A worker that is held up as a whole is made to write its stacks by a signal.

import { rm } from 'node:fs'
import { FRAME, FrameError, decodeJson, encodeInterrupt, encodeStacks } from './frames.ts'
import type { FrameReader } from './frames.ts'
import { textWrittenOn } from './signalled-text.ts'

/** A worker that can answer does so at once, unless its machine is far beyond its limits. */
export const ANSWER_MS = 1_000

const DUMP_FILE = /\/stacks-\d+$/

/** What a thread runs. */
export interface ThreadStack {
  readonly link: number
  readonly opening: number
  /** Its name. */
  readonly thread: string
  /** As Python prints it; empty where it runs nothing of the application. */
  readonly stack: string
}

export interface Interrupted extends ThreadStack {
  readonly isInterrupted: boolean
}

export class ThreadInquiry {
  readonly #write: (frame: Uint8Array) => void
  readonly #signal: (number: number) => void
  #dump = { signal: 0, file: '' }
  #lastNumber = 0
  readonly #asked = new Map<number, (threads: readonly ThreadStack[]) => void>()
  readonly #interrupted = new Map<string, (told: Interrupted) => void>()

  /** `write` sends a frame to the worker, `signal` a signal. */
  constructor(write: (frame: Uint8Array) => void, signal: (number: number) => void) {
    this.#write = write
    this.#signal = signal
  }

  /** The worker's first word says how its stacks can be had by a signal. */
  booting(message: unknown): void {
    const { dumpSignal, dumpFile } = message as { dumpSignal?: unknown; dumpFile?: unknown }
    // It is removed in the end: nothing else may be named here.
    if (typeof dumpSignal === 'number' && typeof dumpFile === 'string' && DUMP_FILE.test(dumpFile))
      this.#dump = { signal: dumpSignal, file: dumpFile }
  }

  /** The worker has ended. */
  ended(): void {
    const { file } = this.#dump
    if (file !== '') rm(file, { force: true }, () => undefined)
  }

  /** Takes `stacks-told` and `interrupted`. */
  told(frame: FrameReader): void {
    const message = decodeJson(frame) as Record<string, unknown>
    if (frame.type === FRAME.stacksTold) {
      const { number, threads } = message
      if (!Array.isArray(threads)) throw new FrameError('a worker told of no threads')
      settle(this.#asked, Number(number), threads.map(toThreadStack))
    } else {
      const told = { ...toThreadStack(message), isInterrupted: message.isInterrupted === true }
      settle(this.#interrupted, keyOf(told.link, told.opening), told)
    }
  }

  /** The threads that run the application; undefined if the worker does not answer within ANSWER_MS. */
  stacks(): Promise<readonly ThreadStack[] | undefined> {
    const number = ++this.#lastNumber
    this.#write(encodeStacks(number))
    return answerOf(this.#asked, number)
  }

  /** Interrupts a thread whose link is closed; undefined if the worker does not answer within ANSWER_MS. */
  interrupt(link: number, opening: number): Promise<Interrupted | undefined> {
    this.#write(encodeInterrupt(link, opening))
    return answerOf(this.#interrupted, keyOf(link, opening))
  }

  /** The stacks of all its threads as a signal makes it write them; empty if it does not even do that. */
  signalledStacks(): Promise<string> {
    const { signal, file } = this.#dump
    return signal === 0 ? Promise.resolve('') : textWrittenOn(file, () => this.#signal(signal))
  }
}

const keyOf = (link: number, opening: number): string => `${link}/${opening}`

function settle<Key, Answer>(waiting: Map<Key, (answer: Answer) => void>, key: Key, answer: Answer): void {
  waiting.get(key)?.(answer)
  waiting.delete(key)
}

function answerOf<Key, Answer>(
  waiting: Map<Key, (answer: Answer) => void>,
  key: Key,
): Promise<Answer | undefined> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => {
      waiting.delete(key)
      resolve(undefined)
    }, ANSWER_MS)
    waiting.set(key, (answer) => {
      clearTimeout(timer)
      resolve(answer)
    })
  })
}

function toThreadStack(message: unknown): ThreadStack {
  const { link, opening, thread, stack } = message as Record<string, unknown>
  if (typeof link !== 'number' || typeof opening !== 'number') throw new FrameError('a thread has no number')
  return { link, opening, thread: String(thread), stack: String(stack) }
}
