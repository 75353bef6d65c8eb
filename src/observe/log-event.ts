// What there is to tell.

export const LEVELS = ['debug', 'info', 'warning', 'error'] as const
export type Level = (typeof LEVELS)[number]

export interface LogEvent {
  readonly time: Date
  readonly level: Level
  readonly message: string
  readonly details?: string | undefined
}

/** Where a line comes from that the application printed. */
export interface LogOutput {
  readonly worker: number | 'template'
  readonly stream: 'stdout' | 'stderr'
  /** That its thread was at, where that is known. */
  readonly request?: string | undefined
}
