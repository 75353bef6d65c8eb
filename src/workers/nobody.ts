// Stands in for an exchange that was answered before its application was done: what the application still says goes nowhere.

import { close } from 'node:fs'
import type { Exchange, FileBody } from '../wsgi/exchange.ts'

const NOTHING = new Uint8Array(0)
const ignore = (): void => undefined

export class Nobody implements Exchange {
  readonly id = '-'
  readonly method = ''
  readonly target = ''
  readonly body = NOTHING
  readonly client = 'gone'
  readonly sharedEnviron = NOTHING
  onGone: (() => void) | undefined
  onDrain: (() => void) | undefined
  readonly answer = ignore
  readonly begin = ignore
  readonly end = ignore
  readonly abort = ignore
  readonly drop = ignore
  readonly fail = ignore

  environBytes(): number {
    return 0
  }

  writeEnviron(_target: Buffer, start: number): number {
    return start
  }

  write(): boolean {
    return true
  }

  sendFile({ descriptor }: FileBody): void {
    close(descriptor)
  }
}
