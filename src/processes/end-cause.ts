// What ended a process: itself, this server, the kernel for want of memory, or somebody else. What can be told of it in words.

export interface ProcessEnd {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  /** Why we killed it; undefined where we did not. */
  readonly killedFor: string | undefined
}

export interface EndCause {
  /** Goes on after `process 4711 ended: `. */
  readonly text: string
  /** What to do about it. */
  readonly hint: string
  /** Why we killed it; undefined where something else was faster. */
  readonly killedFor?: string
  /** With what it exited; undefined where a signal ended it. */
  readonly status?: number
}

// Raised by the processor, or by the program against itself: no person sends them.
const FAULTS: ReadonlySet<string> = new Set([
  'SIGSEGV',
  'SIGBUS',
  'SIGILL',
  'SIGFPE',
  'SIGABRT',
  'SIGTRAP',
  'SIGSYS',
])

/** `tookMemory` tells whether the kernel has just killed a process because memory ran out; asked only where it may have been this one. */
export function causeOfEnd({ code, signal, killedFor }: ProcessEnd, tookMemory: () => boolean): EndCause {
  if (code !== null) return exitCause(code)
  if (killedFor !== undefined && (signal === null || signal === 'SIGKILL')) {
    return {
      text: `gantry killed it: ${killedFor}`,
      hint: 'docs/guide/workers.md says when gantry kills a worker.',
      killedFor,
    }
  }
  if (signal === null) {
    return { text: 'how is not known, as the process that had started it was gone', hint: '' }
  }
  if (signal !== 'SIGKILL') return signalCause(signal)
  if (tookMemory()) {
    return {
      text: 'the kernel killed it because memory ran out (the oom_kill count of its control group rose)',
      hint: 'Give the group more memory, run fewer workers (--workers), or have them replaced before it comes to that: --max-rss and --max-rss-hard.',
    }
  }
  return {
    text: 'killed by SIGKILL, not by gantry',
    hint: 'Somebody sent it, an operator or a supervisor of processes; the kernel counted no kill for want of memory in this control group.',
  }
}

function exitCause(status: number): EndCause {
  return {
    text: `it exited by itself with status ${status}`,
    hint: 'Something in the application ends the process: os._exit(), a library in C, or a signal handler.',
    status,
  }
}

function signalCause(signal: NodeJS.Signals): EndCause {
  if (FAULTS.has(signal)) {
    return {
      text: `it crashed with ${signal}`,
      hint: 'A fault in native code, most often in an extension module. --env PYTHONFAULTHANDLER=1 logs where each thread of it was.',
    }
  }
  return {
    text: `killed by ${signal}, not by gantry`,
    hint: 'Somebody sent that signal to the worker itself; signals for the server go to the process that was started.',
  }
}
