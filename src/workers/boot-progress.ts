/** How far workers are with booting. */
export interface BootProgress {
  readonly ready: number
  readonly wanted: number
  /** That has booted the longest of those that still do. */
  readonly slowest: BootingProcess | undefined
}

export interface BootingProcess {
  /** Undefined for the template that workers are forked from. */
  readonly worker: number | undefined
  readonly pid: number
  readonly forMs: number
}
