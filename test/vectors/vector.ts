// The vectors of http1-vectors.json as the tests see them. What each key means: http1-vectors.md.

import { readFileSync } from 'node:fs'

export interface Vector {
  readonly id: string
  readonly title: string
  /** What to send, one latin-1 character a byte. */
  readonly bytes: string
  readonly expect: {
    /** Acceptable statuses of the first final answer; 0: closed without one. */
    readonly status: readonly number[]
    /** Must the server close (true), must it not (false), or may it do either (null)? */
    readonly close: boolean | null
  }
  readonly ref: string
  readonly level: string
  readonly why: string
  /** Statuses of all answers; a list means any of them. */
  readonly responses?: readonly (number | readonly number[])[]
  readonly app?: ApplicationView
  readonly not_body?: string
  readonly interim?: boolean
  readonly no_interim?: boolean
  readonly half_close?: boolean
  readonly head_first?: boolean
  readonly slow?: boolean
  readonly wait_ms?: number
}

/** What the application must have seen of the first request. */
export interface ApplicationView {
  readonly method?: string
  readonly path?: string
  readonly query?: string
  readonly host?: string
  readonly body?: string
  readonly header?: readonly [name: string, value: string | null]
  readonly header_any?: readonly [name: string, values: readonly string[]]
  readonly header_not?: readonly [name: string, value: string]
  readonly absent?: readonly string[]
}

export const VECTORS = JSON.parse(
  readFileSync(new URL('http1-vectors.json', import.meta.url), 'utf8'),
) as readonly Vector[]
