// One request and its answer under watch. Sees what goes by and says what is wrong with it; never changes it, and never throws.
// Its twin is RequestWatch in python/gantry_worker/lint.py.

import type { StartResponse, Write } from '../wsgi/application.ts'
import { requestTarget } from '../wsgi/request-target.ts'
import type { Environ } from '../wsgi/environ.ts'
import type { Fault, Finding } from './finding.ts'
import { declaredLength, headFaults, statusCode } from './head-faults.ts'
import type { RuleCode } from './rules.ts'
import { shown } from './shown-value.ts'

const MAX_PATH_CHARACTERS = 200

export class RequestWatch {
  readonly #place: string
  readonly #isHead: boolean
  readonly #tell: (finding: Finding) => void
  #isStartCalled = false
  #hasReturned = false
  /** What was given to startResponse came back, for the headers were sent already. */
  #isLate = false
  #isBodiless = false
  #declared = -1
  #bytes = 0

  constructor(environ: Environ, tell: (finding: Finding) => void) {
    this.#place = placeOf(environ)
    this.#isHead = environ.REQUEST_METHOD === 'HEAD'
    this.#tell = tell
  }

  get isStartCalled(): boolean {
    return this.#isStartCalled
  }

  found(code: RuleCode, seen: string): void {
    this.#tell({ code, place: this.#place, seen })
  }

  /** Tells what `look` sees. What an application gives may throw when it is looked at. */
  look(look: () => readonly Fault[]): void {
    let faults: readonly Fault[] = []
    try {
      faults = look()
    } catch {
      // The server will meet the same, and say so.
    }
    for (const { code, seen } of faults) this.found(code, seen)
  }

  startResponse(inner: StartResponse): StartResponse {
    return (status, headers, excInfo) => {
      this.#seeStart(status, headers, excInfo)
      try {
        return this.#write(inner(status, headers, excInfo))
      } catch (error) {
        if (isGiven(excInfo) && error === excInfo) this.#isLate = true
        throw error
      }
    }
  }

  /** The application has returned: what it returned is null, or is taken from now on. */
  returned(): void {
    this.#hasReturned = true
  }

  block(data: unknown): void {
    if (!this.#isStartCalled) this.found('LINT_START_LATE', 'a block came before it')
    this.#seeData(data)
  }

  /** The answer has come to its end. */
  ended(): void {
    if (!this.#isStartCalled) this.found('LINT_START_MISSING', 'it was not called')
    if (this.#isLate) this.found('LINT_EXC_SWALLOWED', 'the answer went on')
    else if (this.#bytes < this.#expected())
      this.found('LINT_LENGTH_SHORT', `${this.#bytes} of ${this.#declared} bytes`)
  }

  #seeStart(status: unknown, headers: unknown, excInfo: unknown): void {
    if (this.#isStartCalled && !isGiven(excInfo)) this.found('LINT_START_TWICE', shown(status))
    if (isGiven(excInfo) && !(excInfo instanceof Error)) this.found('LINT_EXC_INFO', shown(excInfo))
    this.#isStartCalled = true
    this.look(() => headFaults(status, headers))
    this.look(() => {
      const code = statusCode(status)
      this.#isBodiless = code === 204 || code === 304
      this.#declared = declaredLength(headers)
      return []
    })
  }

  #write(inner: Write): Write {
    return (data) => {
      this.found('LINT_WRITE_USED', 'it was called')
      if (this.#hasReturned) this.found('LINT_WRITE_LATE', 'it was called when the application had returned')
      this.#seeData(data)
      return inner(data)
    }
  }

  #seeData(data: unknown): void {
    if (!(data instanceof Uint8Array)) {
      this.found('LINT_BLOCK_TYPE', shown(data))
      return
    }
    if (data.length === 0) return
    if (this.#isBodiless && !this.#isHead) this.found('LINT_BODY_FORBIDDEN', shown(data))
    this.#bytes += data.length
    const expected = this.#expected()
    if (expected >= 0 && this.#bytes > expected)
      this.found('LINT_LENGTH_LONG', `${this.#bytes} bytes or more, ${expected} declared`)
  }

  /** The bytes that the body should have; -1 where it has no length, or goes nowhere. */
  #expected(): number {
    return this.#isHead || this.#isBodiless || this.#isLate ? -1 : this.#declared
  }
}

const isGiven = (excInfo: unknown): boolean => excInfo !== undefined && excInfo !== null

function placeOf(environ: Environ): string {
  const { REQUEST_METHOD: method, REQUEST_URI: target } = environ
  const [path = ''] = (typeof target === 'string' ? target : requestTarget(environ)).split('?', 1)
  return `${method} ${path.replaceAll(' ', '%20').slice(0, MAX_PATH_CHARACTERS)}`
}
